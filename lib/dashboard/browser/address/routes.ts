export type PageName =
  | 'overview'
  | 'jobs'
  | 'job'
  | 'errors'
  | 'queues'
  | 'schedules'
  | 'workers'
  | 'audit'
  | 'settings'
  | 'login'
  | 'unknown';

export interface Route {
  readonly page: PageName;
  /** Of the page `job`. */
  readonly id: string;
}

const FIXED: Readonly<Record<string, PageName>> = {
  '': 'overview',
  jobs: 'jobs',
  errors: 'errors',
  queues: 'queues',
  schedules: 'schedules',
  workers: 'workers',
  audit: 'audit',
  settings: 'settings',
  login: 'login',
};

/** Which page a path below the base means. Slashes too many are forgiven. */
export function routeOf(path: string): Route {
  const [first = '', second, ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { page: 'unknown', id: '' };
  if (first === 'jobs' && second !== undefined) return { page: 'job', id: decoded(second) };
  if (second !== undefined) return { page: 'unknown', id: '' };
  return { page: Object.hasOwn(FIXED, first) ? (FIXED[first] ?? 'unknown') : 'unknown', id: '' };
}

/** The path below the base, or undefined when the address lies outside of it. */
export function pathBelow(base: string, pathname: string): string | undefined {
  if (pathname !== base && !pathname.startsWith(`${base}/`)) return undefined;
  return pathname.slice(base.length) || '/';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
