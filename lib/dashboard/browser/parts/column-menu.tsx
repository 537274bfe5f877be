import { JOB_COLUMNS } from './job-columns.js';
import { Menu } from './menu.js';

interface Props {
  readonly columns: readonly string[];
  readonly onChange: (columns: readonly string[]) => void;
}

export function ColumnMenu({ columns, onChange }: Props) {
  const toggle = (name: string): void =>
    onChange(columns.includes(name) ? columns.filter((each) => each !== name) : [...columns, name]);
  return (
    <Menu label="Columns">
      <fieldset>
        <legend class="unseen">Columns</legend>
        {JOB_COLUMNS.map(({ name, words }) => (
          <label key={name} class="check">
            <input type="checkbox" checked={columns.includes(name)} onChange={() => toggle(name)} />
            {words}
          </label>
        ))}
      </fieldset>
    </Menu>
  );
}
