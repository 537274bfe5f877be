import { useState } from 'preact/hooks';
import type { BulkVerb } from '../api/endpoints.js';
import { useConfig } from '../api/config-context.js';
import { counted } from '../words/numbers.js';
import { BulkDialog, type BulkSelection } from './bulk-dialog.js';
import { BULK_VERBS, BULK_WORDS, queryFor } from './bulk-words.js';
import { Menu } from './menu.js';

interface Props {
  readonly selected: ReadonlySet<string>;
  readonly query: string;
  readonly onDone: () => void;
}

/** What can be done to the selected jobs, or to every job of the query; nothing that this account may not. */
export function BulkBar({ selected, query, onDone }: Props) {
  const { permissions, readOnly } = useConfig();
  const [asked, setAsked] = useState<{ verb: BulkVerb; selection: BulkSelection }>();
  const verbs = readOnly
    ? []
    : BULK_VERBS.filter((verb) => permissions.includes(BULK_WORDS[verb].permission));
  if (verbs.length === 0) return null;
  const ask = (verb: BulkVerb, selection: BulkSelection): void => setAsked({ verb, selection });
  return (
    <>
      {selected.size > 0 ? (
        <div class="bulk-bar" role="group" aria-label="Selected jobs">
          <span role="status">{counted(selected.size, 'job')} selected</span>
          {verbs.map((verb) => (
            <button
              key={verb}
              type="button"
              class={BULK_WORDS[verb].isDestructive ? 'button danger-quiet' : 'button'}
              onClick={() => ask(verb, { ids: [...selected] })}
            >
              {BULK_WORDS[verb].verb}
            </button>
          ))}
        </div>
      ) : (
        <Menu label="All that match">
          <ul class="menu-list">
            {verbs.map((verb) => (
              <li key={verb}>
                <button
                  type="button"
                  class="button plain"
                  onClick={() => ask(verb, { query: queryFor(verb, query) })}
                >
                  {BULK_WORDS[verb].verb} all …
                </button>
              </li>
            ))}
          </ul>
        </Menu>
      )}
      {asked !== undefined && (
        <BulkDialog
          verb={asked.verb}
          selection={asked.selection}
          onClose={() => setAsked(undefined)}
          onDone={onDone}
        />
      )}
    </>
  );
}
