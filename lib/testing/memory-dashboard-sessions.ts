import type { DashboardSession, DashboardSessions } from '../core/ports/dashboard-sessions.js';
import type { MemoryTables } from './memory-tables.js';

/** Sessions of people, in memory. */
export class MemoryDashboardSessions implements DashboardSessions {
  constructor(private readonly tables: MemoryTables) {}

  async save(tokenHash: string, account: unknown, lifetimeMs: number): Promise<void> {
    const expiresAt = this.tables.now() + lifetimeMs;
    this.tables.sessions.set(tokenHash, { account: JSON.stringify(account), expiresAt });
  }

  async find(tokenHash: string): Promise<DashboardSession | undefined> {
    const row = this.tables.sessions.get(tokenHash);
    if (row === undefined || row.expiresAt <= this.tables.now()) return undefined;
    return { account: JSON.parse(row.account) as unknown, expiresAt: new Date(row.expiresAt) };
  }

  async remove(tokenHash: string): Promise<boolean> {
    return this.tables.sessions.delete(tokenHash);
  }
}
