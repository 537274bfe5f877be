/** The state of a page as the search part of its address: what equals its default is left out. */
export function searchOf(
  fields: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== (defaults[name] ?? '')) search.set(name, value);
  }
  const text = search.toString();
  // A colon is legal there, and an address that people read keeps it.
  return text === '' ? '' : `?${text.replaceAll('%3A', ':').replaceAll('%2C', ',')}`;
}

/** Reads the fields that the defaults name; a value outside its choices becomes the default. */
export function fieldsOf<Name extends string>(
  search: string,
  defaults: Readonly<Record<Name, string>>,
  choices?: Readonly<Partial<Record<Name, readonly string[]>>>,
): Record<Name, string> {
  const given = new URLSearchParams(search);
  const fields = { ...defaults } as Record<Name, string>;
  for (const name of Object.keys(defaults) as Name[]) {
    const value = given.get(name);
    const allowed = choices?.[name];
    if (value !== null && (allowed === undefined || allowed.includes(value))) fields[name] = value;
  }
  return fields;
}
