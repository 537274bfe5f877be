import { recordFigure } from './figures.js';
import { onTestFailed } from 'vitest';
import { startPostgres, type PrivatePostgres } from '../stores/start-postgres.js';
import { startRedis, type PrivateRedis } from '../stores/start-redis.js';
import { check, type Report } from './checker.js';
import { Fleet, type FleetSettings } from './fleet.js';
import { LedgerView } from './ledger-view.js';
import { RedisView } from './redis-view.js';
import { chooseSeed } from './seeded-random.js';
import { waitUntil } from './wait-until.js';

const QUEUE = 'fault';
const LAST_TROUBLES = 30;

/** What a test says about its fleet; the rest is that of every user. */
export interface RoundSettings {
  readonly workers?: number;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  readonly graceMs?: number;
}

/** Stores of one test file, durable as they ship, that may be struck: nobody else uses them. */
export class Laboratory {
  readonly seed = chooseSeed();
  readonly redisView: RedisView;
  private rounds = 0;

  private constructor(
    readonly postgres: PrivatePostgres,
    readonly redis: PrivateRedis,
  ) {
    this.redisView = new RedisView(redis.url);
  }

  static async open(): Promise<Laboratory> {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    return new Laboratory(postgres, redis);
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.remove(), this.redis.remove()]);
  }

  /** A ledger and a fleet of their own for one test. */
  async round({ beatMs = 2_000, graceMs = 30_000, leaseMs = 10_000, workers = 5 }: RoundSettings = {}) {
    this.rounds += 1;
    const schema = `round_${this.rounds}`;
    const settings = { schema, queue: QUEUE, workers, leaseMs, beatMs, graceMs };
    const stores = { dsn: this.postgres.url, redis: this.redis.url };
    const round = new Round(await Fleet.create({ ...stores, ...settings }), { ...stores, ...settings });
    onTestFailed(() => console.log(`KYU_FAULT_SEED=${this.seed}\n${round.lastWords}`));
    return round;
  }
}

/** One test: its processes, its ledger, and what is known of both. */
export class Round {
  readonly ledger: LedgerView;
  private keptWords: string | undefined;

  constructor(
    readonly fleet: Fleet,
    settings: FleetSettings,
  ) {
    this.ledger = new LedgerView(settings.dsn, settings.schema);
  }

  get events() {
    return this.fleet.events;
  }

  /** What the processes last complained of, for the report of a failed test. */
  get lastWords(): string {
    if (this.keptWords !== undefined) return this.keptWords;
    const troubles = this.events.troubles(LAST_TROUBLES).join('\n');
    return `The last troubles of its processes:\n${troubles}\n${this.fleet.outputText}`;
  }

  /** Waits until every job has come to its end. */
  async drained(withinMs: number): Promise<void> {
    const isDone = async () => ((await this.ledger.countUnfinished()) === 0 ? true : undefined);
    await waitUntil('the end of every job', isDone, { withinMs, everyMs: 200 });
  }

  /** The judgement over everything that has happened. */
  async judge(): Promise<Report> {
    const { events, fleet, ledger } = this;
    const report = check({
      enqueued: events.of('enqueued').flatMap(({ jobs }) => jobs),
      events: events.all(),
      jobs: await ledger.jobs(),
      attempts: await ledger.attempts(),
      kills: fleet.kills,
      exits: fleet.exits,
      pauses: fleet.pauses,
    });
    recordReport(report);
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.keptWords = this.lastWords; // the files are gone before the report is written
    await this.fleet.remove();
  }
}

/** What every round adds to the figures of the run. */
function recordReport({ counts, findings }: Report): void {
  const found = (rule: string): number => findings.filter((finding) => finding.rule === rule).length;
  recordFigure('kills', counts.kills);
  recordFigure('jobs', counts.enqueued);
  recordFigure('lost', found('lost-job'));
  recordFigure('overlaps', found('overlap'));
  recordFigure('stale_settles', found('wrong-settlement'));
  recordFigure('false_rescues', found('false-rescue'));
}
