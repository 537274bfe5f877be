/** What an account may do. `read` is looking; the others are named verbs. */
export type Permission =
  | 'read'
  | 'payloads'
  | 'enqueue'
  | 'retry'
  | 'cancel'
  | 'delete'
  | 'change'
  | 'pause'
  | 'schedules'
  | 'workers';

export interface DashboardConfig {
  readonly version: string;
  readonly instance: string;
  /** Where the dashboard is mounted, without a slash at the end: '/admin/kyu'. */
  readonly basePath: string;
  readonly authentication: 'none' | 'basic' | 'oauth';
  readonly readOnly: boolean;
  /** Payloads and results are shown on demand only. */
  readonly hidesPayloads: boolean;
  readonly permissions: readonly Permission[];
  readonly account: Account | null;
  /** Every change sends it back in the header `x-kyu-csrf`. */
  readonly csrfToken: string;
  readonly queues: readonly string[];
  /** A trace's page, with `{traceId}` in it. */
  readonly traceUrl: string | null;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly provider: string;
}

export interface AuthProvider {
  readonly id: string;
  readonly name: string;
  readonly loginUrl: string;
}
