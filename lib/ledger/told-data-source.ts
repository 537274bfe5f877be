import { DataSource, type DataSourceOptions } from 'typeorm';

/** What of a data source says where it leads. */
const KEYS = ['type', 'url', 'host', 'port', 'username', 'password', 'database', 'ssl', 'extra'] as const;

/**
 * Where a data source leads, as plain data for another process; `undefined` where it has a function in it, such as a
 * password that is asked for at each connection.
 */
export function tellDataSource(source: DataSource): object | undefined {
  const options = source.options as unknown as Readonly<Record<string, unknown>>;
  const told = Object.fromEntries(KEYS.flatMap((key) => (key in options ? [[key, options[key]]] : [])));
  try {
    return structuredClone(told);
  } catch {
    return undefined;
  }
}

/** The data source that was told of. */
export function toldDataSource(told: object): DataSource {
  return new DataSource(told as DataSourceOptions);
}
