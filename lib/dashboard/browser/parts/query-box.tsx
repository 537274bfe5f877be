import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Suggestion } from '../../contract.js';
import { api } from '../api/endpoints.js';
import { browserClock } from '../effects/browser-clock.js';
import { SEARCH_FIELD_ID } from '../keyboard/use-keyboard.js';
import { Icon } from './icons.js';

const SETTLE_MS = 120;

interface Props {
  readonly query: string;
  readonly onSearch: (query: string) => void;
}

/** One box for every filter: a list of suggestions from the data below it, Enter searches. */
export function QueryBox({ query, onSearch }: Props) {
  const [text, setText] = useState(query);
  const [caret, setCaret] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  useEffect(() => setText(query), [query]);
  const suggestions = useSuggestions(text, caret, isOpen);
  const isShown = isOpen && suggestions.length > 0;

  const search = (next: string): void => {
    setOpen(false);
    setChosen(-1);
    onSearch(next.trim());
  };
  const take = ({ text: word, from, to }: Suggestion): void => {
    const next = text.slice(0, from) + word + text.slice(to);
    setText(next);
    setCaret(from + word.length);
    setChosen(-1);
    // The caret can be put only after the text is in the field.
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(from + word.length, from + word.length);
    });
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && isShown) {
      event.stopPropagation();
      setOpen(false);
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const by = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((before) => Math.max(-1, Math.min(suggestions.length - 1, before + by)));
    }
    const suggestion = suggestions[chosen];
    if ((event.key === 'Enter' || event.key === 'Tab') && isShown && suggestion !== undefined) {
      event.preventDefault();
      take(suggestion);
    }
  };
  const edit = (input: HTMLInputElement): void => {
    setText(input.value);
    setCaret(input.selectionStart ?? input.value.length);
    setOpen(true);
    setChosen(-1);
  };
  return (
    <form
      class="query-box"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search(text);
      }}
    >
      <Icon name="search" />
      <input
        id={SEARCH_FIELD_ID}
        ref={field}
        value={text}
        placeholder={'type:send_email status:dead error:"ECONN" age>1h'}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        maxLength={2_000}
        role="combobox"
        aria-label="Query"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={listId}
        aria-activedescendant={isShown && chosen >= 0 ? `${listId}-${chosen}` : undefined}
        onInput={(event) => edit(event.currentTarget)}
        onFocus={(event) => {
          setCaret(event.currentTarget.selectionStart ?? 0);
          setOpen(true);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      {text === '' ? (
        <kbd aria-hidden="true">/</kbd>
      ) : (
        <button
          type="button"
          class="button icon-only"
          aria-label="Clear the query"
          onClick={() => {
            setText('');
            search('');
          }}
        >
          <Icon name="close" />
        </button>
      )}
      <ul id={listId} role="listbox" aria-label="Suggestions" class="suggestions" hidden={!isShown}>
        {suggestions.map((suggestion, index) => (
          <li
            key={suggestion.text}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            // The field would lose its focus before the click is heard.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(suggestion)}
          >
            <code>{suggestion.text}</code>
            {suggestion.note !== null && <span class="quiet">{suggestion.note}</span>}
          </li>
        ))}
      </ul>
    </form>
  );
}

/** Asked for when the typing rests. Without an answer the box works all the same. */
function useSuggestions(text: string, caret: number, isWanted: boolean): readonly Suggestion[] {
  const [list, setList] = useState<readonly Suggestion[]>([]);
  useEffect(() => {
    if (!isWanted) return undefined;
    const control = new AbortController();
    const cancel = browserClock.after(SETTLE_MS, () => {
      api.suggestions(text, caret, control.signal).then(setList, () => {
        if (!control.signal.aborted) setList([]);
      });
    });
    return () => {
      cancel();
      control.abort();
    };
  }, [text, caret, isWanted]);
  return list;
}
