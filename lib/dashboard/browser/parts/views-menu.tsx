import { useState } from 'preact/hooks';
import { go, usePlace } from '../address/navigation.js';
import { searchOf } from '../address/search-fields.js';
import { readChoice, writeChoice } from '../effects/stored-choice.js';
import { viewsFrom, withoutView, withView, type SavedView } from '../query/saved-views.js';
import { Icon } from './icons.js';
import { Menu } from './menu.js';
import { tell } from './notices.js';

/** Queries that this browser keeps under a name. */
export function ViewsMenu() {
  const { search } = usePlace();
  const [views, setViews] = useState(() => viewsFrom(readChoice('views')));
  const [name, setName] = useState('');
  const keep = (next: SavedView[]): void => {
    setViews(next);
    writeChoice('views', JSON.stringify(next));
  };
  const save = (event: Event): void => {
    event.preventDefault();
    const words = name.trim();
    if (words === '') return;
    keep(withView(views, { name: words, search: withoutPlace(search) }));
    setName('');
    tell(`The view "${words}" is kept in this browser.`);
  };
  return (
    <Menu label="Views">
      {views.length === 0 && <p class="quiet">No view is kept yet.</p>}
      <ul class="views">
        {views.map((view) => (
          <li key={view.name}>
            <button type="button" class="button plain" onClick={() => go(`/jobs${view.search}`)}>
              {view.name}
            </button>
            <button
              type="button"
              class="button icon-only"
              aria-label={`Forget the view ${view.name}`}
              onClick={() => keep(withoutView(views, view.name))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={save} class="save-view">
        <input
          value={name}
          placeholder="Name of this view"
          aria-label="Name of this view"
          maxLength={60}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={name.trim() === ''}>
          Keep
        </button>
      </form>
    </Menu>
  );
}

/** A view is a question, not the page of its answer on which somebody stood. */
function withoutPlace(search: string): string {
  const fields = new URLSearchParams(search);
  fields.delete('cursor');
  return searchOf(Object.fromEntries(fields));
}
