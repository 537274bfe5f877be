import type { DashboardSessions } from '../../core/ports/dashboard-sessions.js';
import type { SessionStore } from './session-store.js';

/** Logins in the ledger: every process that serves the dashboard knows them, and they outlive a restart. */
export class LedgerSessionStore implements SessionStore {
  constructor(private readonly sessions: DashboardSessions) {}

  async get(key: string): Promise<string | undefined> {
    const kept = (await this.sessions.find(key))?.account;
    if (typeof kept !== 'object' || kept === null || !('value' in kept)) return undefined;
    return typeof kept.value === 'string' ? kept.value : undefined;
  }

  async set(key: string, value: string, expiresInMs: number): Promise<void> {
    await this.sessions.save(key, { value }, expiresInMs);
  }

  async delete(key: string): Promise<void> {
    await this.sessions.remove(key);
  }
}
