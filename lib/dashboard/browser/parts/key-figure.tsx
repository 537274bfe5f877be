interface Props {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
}

export function KeyFigure({ label, value, unit }: Props) {
  return (
    <div class="key-figure">
      <dt>{label}</dt>
      <dd>
        {value}
        {unit !== undefined && <span class="unit"> {unit}</span>}
      </dd>
    </div>
  );
}
