/** Where a connection leads, as plain data; in words why it cannot be said so. */
export type ThreadConfig = { readonly config: object } | { readonly impossible: string };

/** Settings of a connection that may be functions, and then belong to this thread. */
const UNCOPIABLE_KEYS = ['password', 'stream'];

/** Settings of a connection that say where it leads and how. */
const THREAD_KEYS = [
  'connectionString',
  'host',
  'port',
  'user',
  'password',
  'database',
  'ssl',
  'options',
  'keepAlive',
  'application_name',
];

/**
 * A connection's settings as plain data, for another thread. A password that is asked for at each connection, or a
 * stream of the application's own, cannot leave this thread.
 */
export function copyForThread(settings: object): ThreadConfig {
  const given = settings as Readonly<Record<string, unknown>>;
  for (const key of UNCOPIABLE_KEYS) {
    if (typeof given[key] === 'function') return { impossible: `the connection's "${key}" is a function` };
  }
  const config = Object.fromEntries(THREAD_KEYS.flatMap((key) => (key in given ? [[key, given[key]]] : [])));
  try {
    return { config: structuredClone(config) };
  } catch {
    return { impossible: 'the connection has settings that cannot be copied to another thread' };
  }
}
