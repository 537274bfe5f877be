/** Somebody who has signed in to the dashboard. */
export interface DashboardSession {
  /** What the provider said of the account: JSON. */
  readonly account: unknown;
  readonly expiresAt: Date;
}

/**
 * The dashboard's door: sessions of people, in the table `kyu_dashboard_sessions`. The token itself is never kept,
 * only its hash, so that who reads the table cannot sign in with it.
 */
export interface DashboardSessions {
  /** Writes or replaces; `lifetimeMs` from now by the database's clock. Sessions that are over are removed on the way. */
  save(tokenHash: string, account: unknown, lifetimeMs: number): Promise<void>;
  /** One that is over is none. */
  find(tokenHash: string): Promise<DashboardSession | undefined>;
  /** False when there was none. */
  remove(tokenHash: string): Promise<boolean>;
}
