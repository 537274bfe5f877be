import { useEffect, useRef } from 'preact/hooks';
import { go, herePlace } from '../address/navigation.js';
import { browserClock } from '../effects/browser-clock.js';
import { askForRefresh } from '../live/refresh-asked.js';
import { readKey, type KeyReading } from './key-sequences.js';
import { moveInList, selectRow } from './row-keys.js';
import { GO_KEYS } from './shortcuts.js';

export const SEARCH_FIELD_ID = 'query';

/** The shortcuts that hold on every page. */
export function useKeyboard(showHelp: () => void): void {
  const help = useRef(showHelp);
  help.current = showHelp;
  // Once for the life of the page: a page that is drawn between two keys must not forget the first.
  useEffect(() => {
    let begun: KeyReading['begun'];
    const press = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.key === 'Escape') leaveField();
      const reading = readKey(
        {
          key: event.key,
          atMs: browserClock.nowMs(),
          isModified: event.ctrlKey || event.altKey || event.metaKey,
          isTyping: isField(event.target),
        },
        begun,
      );
      begun = reading.begun;
      if (reading.shortcut !== undefined && follow(reading.shortcut, help.current)) event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function follow(shortcut: string, showHelp: () => void): boolean {
  const target = GO_KEYS[shortcut];
  if (target !== undefined) {
    go(target);
    return true;
  }
  switch (shortcut) {
    case '?':
      showHelp();
      return true;
    case 'r':
      askForRefresh();
      return true;
    case '/':
      return search();
    case 'ArrowDown':
      return moveInList(1);
    case 'ArrowUp':
      return moveInList(-1);
    case 'x':
      return selectRow();
    default:
      return false;
  }
}

function search(): boolean {
  const focusField = (): boolean => {
    const field = document.getElementById(SEARCH_FIELD_ID);
    field?.focus();
    return field !== null;
  };
  if (focusField()) return true;
  if (herePlace().path !== '/jobs') go('/jobs');
  // The page is drawn first.
  browserClock.after(60, focusField);
  return true;
}

function leaveField(): void {
  if (document.activeElement instanceof HTMLElement && isField(document.activeElement)) {
    document.activeElement.blur();
  }
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]')
  );
}
