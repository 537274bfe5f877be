import type { EntityManager } from 'typeorm';
import { ReadingTimeoutError } from '../core/errors.js';
import type { BoundStatement } from './filtered-statement.js';
import type { LedgerConnection } from './ledger-connection.js';
import { codeOf } from './postgres-errors.js';

/** So long may a reading for people take. */
export const READING_LIMIT_MS = 2_000;

const CANCELLED = '57014';

/**
 * Readings for people: what they ask for comes in many shapes, so each is planned for its own values and may read the
 * whole table where that is the best way, unlike the engine's statements. A limit of time keeps a careless question from
 * harming the engine.
 */
export class BoundedReadings {
  constructor(private readonly connection: LedgerConnection) {}

  /**
   * In the caller's transaction it is theirs to say how long and by which plan.
   * @throws ReadingTimeoutError
   */
  async query<Row>(
    what: string,
    { template, values }: BoundStatement,
    manager?: EntityManager,
    limitMs = READING_LIMIT_MS,
  ): Promise<Row[]> {
    const text = template.text(this.connection.book.tables);
    if (manager !== undefined) return (await manager.query(text, values)) as Row[];
    try {
      return await this.connection.transaction(async (own) => {
        await own.query(settingsFor(limitMs));
        return own.query<Row[]>(text, values);
      });
    } catch (error) {
      if (codeOf(error) === CANCELLED) throw new ReadingTimeoutError(what, limitMs, error);
      throw error;
    }
  }
}

function settingsFor(limitMs: number): string {
  return [
    'set transaction read only',
    `set local statement_timeout = ${limitMs}`,
    'set local plan_cache_mode = force_custom_plan',
    'set local enable_seqscan = on',
    'set local jit = off',
  ].join('; ');
}
