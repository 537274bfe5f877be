import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { expect } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { JobId } from '../../../lib/core/job.js';
import type { MemoryTransaction } from '../../../lib/testing/memory-transaction.js';
import type { LedgerSubject, OpenTransaction } from './ledger-subject.js';

type Subject = LedgerSubject<unknown>;

/** The same call on one of the two; `twin` says which of a pair is its own. */
type Call = (ledger: Subject, twin: 0 | 1) => Promise<unknown>;

/** One run, as each of the two gave it away. */
export type TwinClaim = readonly [Claim, Claim];

/**
 * A memory ledger and a PostgreSQL ledger that live through the same. Every answer of one must be the answer of the
 * other, apart from instants: PostgreSQL's time goes on between two calls.
 */
export class TwinLedgers {
  readonly jobs: JobId[] = [];
  readonly workers: string[] = [];
  readonly claims: TwinClaim[] = [];
  /** Jobs that the open transaction may hold: whoever else changes them would wait for ever. */
  readonly held = new Set<JobId>();
  private open: readonly [OpenTransaction<unknown>, OpenTransaction<unknown>] | undefined;
  private readonly twins: readonly [Subject, Subject];

  constructor(memory: LedgerSubject<MemoryTransaction>, postgres: LedgerSubject<EntityManager>) {
    this.twins = [memory, postgres];
  }

  get inTransaction(): boolean {
    return this.open !== undefined;
  }

  /** Asks both, and compares what they answer or refuse. Lists whose order nobody promises are compared as sets. */
  async both(call: Call, order: 'in order' | 'in any order' = 'in order'): Promise<[unknown, unknown]> {
    const answers: [unknown, unknown] = [await this.ask(0, call), await this.ask(1, call)];
    const [memory, postgres] = answers.map((answer) => comparable(answer, order));
    expect(memory).toEqual(postgres);
    return answers;
  }

  manager(twin: 0 | 1): unknown {
    return this.open?.[twin].manager;
  }

  async begin(): Promise<void> {
    this.open ??= [await this.twins[0].begin(), await this.twins[1].begin()];
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    const open = this.open;
    this.open = undefined;
    this.held.clear();
    for (const transaction of open ?? []) await transaction[how]();
  }

  /** One of the jobs so far; now and then one that nobody knows. */
  job(choice: number): JobId {
    return oneOf(this.jobs, choice);
  }

  worker(choice: number): string {
    return oneOf(this.workers, choice);
  }

  isFree(id: JobId): boolean {
    return !this.held.has(id);
  }

  /** Every job and every run, compared as others and as the open transaction see them. */
  async compareEverything(): Promise<void> {
    for (const view of this.inTransaction
      ? [() => undefined, (twin: 0 | 1) => this.manager(twin)]
      : [() => undefined]) {
      await this.both(async (ledger, twin) => {
        const jobs = await ledger.inspection.list({ filter: {}, limit: 10_000 }, view(twin));
        const runs = [];
        for (const { id } of jobs) runs.push(await ledger.inspection.runs(id, view(twin)));
        return [jobs, runs];
      });
    }
  }

  private async ask(twin: 0 | 1, call: Call): Promise<unknown> {
    try {
      return await call(this.twins[twin], twin);
    } catch (error) {
      // Both refuse for the same reason, each in its own words.
      return { refused: /kyu_jobs_\w+/.exec(String(error))?.[0] ?? error };
    }
  }
}

function oneOf(known: readonly string[], choice: number): string {
  const isStranger = choice % 20 === 19;
  return isStranger ? randomUUID() : (known[choice % known.length] ?? randomUUID());
}

/** Numbers and texts that tell of an instant. */
const INSTANTS: ReadonlySet<string> = new Set([
  'createdAt',
  'createdAtMs',
  'scheduledAt',
  'claimedAt',
  'finishedAt',
  'waitedMs',
  'heartbeatAgeMs',
]);
/** Spans are compared in whole minutes: steps of time are minutes, and due times lie between them. */
const SPANS: ReadonlySet<string> = new Set([
  'nextDueInMs',
  'oldestPendingMs',
  'sinceLastMs',
  'quietForMs',
  'dueInMs',
  'runningForMs',
]);
const MINUTE_MS = 60_000;

function comparable(answer: unknown, order: 'in order' | 'in any order'): unknown {
  const plain = withoutInstants('', answer);
  if (order === 'in order' || !Array.isArray(plain)) return plain;
  return plain.map((item) => JSON.stringify(item)).sort();
}

function withoutInstants(key: string, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (value instanceof Date || INSTANTS.has(key)) return 'an instant';
  if (SPANS.has(key)) return Math.floor(Number(value) / MINUTE_MS);
  // In a claim it is JSON text, which PostgreSQL writes anew.
  if (key === 'payload' && typeof value === 'string') return JSON.parse(value) as unknown;
  if (key === 'errors' && typeof value === 'string') return withoutInstants('', JSON.parse(value));
  if (Array.isArray(value)) return value.map((item: unknown) => withoutInstants('', item));
  if (typeof value !== 'object') return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, withoutInstants(name, member)] as const,
  );
  return Object.fromEntries(members.sort(([left], [right]) => (left < right ? -1 : 1)));
}
