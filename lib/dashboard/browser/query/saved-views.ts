export interface SavedView {
  readonly name: string;
  /** The search part of the address of the page Jobs. */
  readonly search: string;
}

export const MOST_VIEWS = 30;

/** Reads what this browser kept; what is no view is left out. */
export function viewsFrom(text: string | null): SavedView[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.filter(isView).slice(0, MOST_VIEWS) : [];
  } catch {
    return [];
  }
}

/** A view with the same name is replaced. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view]
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .slice(0, MOST_VIEWS);
}

export function withoutView(views: readonly SavedView[], name: string): SavedView[] {
  return views.filter((view) => view.name !== name);
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { name, search } = value as Partial<Record<string, unknown>>;
  return typeof name === 'string' && name !== '' && typeof search === 'string' && /^(?:\?|$)/.test(search);
}
