import { fieldsOf, searchOf } from './search-fields.js';
import { go, replacePlace, usePlace } from './navigation.js';

/** The state of a page that lives in its address, and how to change it. */
export function useSearch<Name extends string>(
  defaults: Readonly<Record<Name, string>>,
  choices?: Readonly<Partial<Record<Name, readonly string[]>>>,
): {
  readonly fields: Record<Name, string>;
  /** A step that the button `back` undoes. */
  readonly step: (change: Partial<Record<Name, string>>) => void;
  /** The same place, looked at differently. */
  readonly adjust: (change: Partial<Record<Name, string>>) => void;
} {
  const { path, search } = usePlace();
  const fields = fieldsOf(search, defaults, choices);
  const target = (change: Partial<Record<Name, string>>): string =>
    path + searchOf({ ...fields, ...change }, defaults);
  return {
    fields,
    step: (change) => go(target(change)),
    adjust: (change) => replacePlace(target(change)),
  };
}
