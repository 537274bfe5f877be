import { systemClock } from '../../core/system-clock.js';
import type { SessionStore } from './session-store.js';

interface Entry {
  readonly value: string;
  readonly endsAtMs: number;
}

/** Whoever opens the login page again and again must not fill the memory. */
const MOST_ENTRIES = 10_000;

/** Logins in the memory of this process: they end with it, and no other process knows them. */
export class MemorySessionStore implements SessionStore {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly nowMs: () => number = systemClock.monotonicMs) {}

  get(key: string): Promise<string | undefined> {
    const entry = this.entries.get(key);
    if (entry !== undefined && entry.endsAtMs > this.nowMs()) return Promise.resolve(entry.value);
    this.entries.delete(key);
    return Promise.resolve(undefined);
  }

  set(key: string, value: string, expiresInMs: number): Promise<void> {
    // Written anew it is the youngest; the oldest is the first to go.
    this.entries.delete(key);
    this.entries.set(key, { value, endsAtMs: this.nowMs() + expiresInMs });
    if (this.entries.size > MOST_ENTRIES) this.makeRoom();
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.entries.delete(key);
    return Promise.resolve();
  }

  /** Those that are over go first; when there are none, the oldest. */
  private makeRoom(): void {
    const now = this.nowMs();
    for (const [key, { endsAtMs }] of this.entries) if (endsAtMs <= now) this.entries.delete(key);
    for (const key of this.entries.keys()) {
      if (this.entries.size <= MOST_ENTRIES) return;
      this.entries.delete(key);
    }
  }
}
