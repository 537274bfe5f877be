import type { ComponentChildren } from 'preact';

interface HeadProps {
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** The head of a column of numbers. */
export function NumberHead({ title, children }: HeadProps) {
  return (
    <th scope="col" class="number" title={title}>
      {children}
    </th>
  );
}

interface CellProps {
  /** What the head of its column says, for where a narrow screen shows no heads. */
  readonly label: string;
  readonly children: ComponentChildren;
}

export function NumberCell({ label, children }: CellProps) {
  return (
    <td class="number" data-label={label}>
      {children}
    </td>
  );
}
