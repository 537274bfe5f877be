import type { ComponentChildren } from 'preact';
import { addressOf, go } from '../address/navigation.js';

interface Props {
  /** A path below the base. */
  readonly to: string;
  readonly class?: string | undefined;
  readonly 'aria-label'?: string;
  readonly 'aria-current'?: 'page' | undefined;
  /** The link that opens a row of a list. */
  readonly 'data-open'?: boolean;
  readonly children: ComponentChildren;
}

/** A real link: it can be copied, and opened in another tab. */
export function Link({ to, children, ...rest }: Props) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
    scrollTo(0, 0);
  };
  return (
    <a {...rest} href={addressOf(to)} onClick={follow}>
      {children}
    </a>
  );
}
