import type { DashboardSession, DashboardSessions } from '../core/ports/dashboard-sessions.js';
import type { LedgerConnection } from './ledger-connection.js';
import { findSession } from './statements/find-session.sql.js';
import { removeSession } from './statements/remove-session.sql.js';
import { saveSession } from './statements/save-session.sql.js';

/** Sessions of people, in `kyu_dashboard_sessions`. */
export class PostgresDashboardSessions implements DashboardSessions {
  constructor(private readonly connection: LedgerConnection) {}

  async save(tokenHash: string, account: unknown, lifetimeMs: number): Promise<void> {
    await this.connection.query(saveSession, [tokenHash, JSON.stringify(account), lifetimeMs]);
  }

  async find(tokenHash: string): Promise<DashboardSession | undefined> {
    const [row] = await this.connection.query<SessionRow>(findSession, [tokenHash]);
    return row === undefined ? undefined : { account: row.account, expiresAt: row.expires_at };
  }

  async remove(tokenHash: string): Promise<boolean> {
    return (await this.connection.query(removeSession, [tokenHash])).length > 0;
  }
}

interface SessionRow {
  readonly account: unknown;
  readonly expires_at: Date;
}
