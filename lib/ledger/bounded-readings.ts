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
    if (manager !== undefined) {
      return (await manager.query(template.text(this.connection.book.tables), values)) as Row[];
    }
    return this.together(what, limitMs, {}, (query) => query<Row>({ template, values }));
  }

  /**
   * Several statements that see the ledger one after the other, in one transaction of their own. Its `now()` is the
   * instant at which they began.
   * @param limitMs so long may each of them take
   * @param settings more about how they are planned
   * @throws ReadingTimeoutError
   */
  async together<Answer>(
    what: string,
    limitMs: number,
    settings: Readonly<Record<string, string>>,
    work: (query: Ask) => Promise<Answer>,
  ): Promise<Answer> {
    const { tables } = this.connection.book;
    try {
      return await this.connection.transaction(async (own) => {
        await own.query(settingsFor(limitMs, settings));
        return work(async <Row>({ template, values }: BoundStatement) =>
          own.query<Row[]>(template.text(tables), values),
        );
      });
    } catch (error) {
      if (codeOf(error) === CANCELLED) throw new ReadingTimeoutError(what, limitMs, error);
      throw error;
    }
  }
}

/** Asks one statement. */
export type Ask = <Row>(statement: BoundStatement) => Promise<Row[]>;

function settingsFor(limitMs: number, more: Readonly<Record<string, string>>): string {
  return [
    'set transaction read only',
    `set local statement_timeout = ${limitMs}`,
    'set local plan_cache_mode = force_custom_plan',
    'set local enable_seqscan = on',
    'set local jit = off',
    ...Object.entries(more).map(([name, value]) => `set local ${name} = ${value}`),
  ].join('; ');
}
