import { setTimeout as delay } from 'node:timers/promises';
import { check, type Report } from './checker.js';
import type { Fleet, FleetSettings } from './fleet.js';
import { recordFigure } from './figures.js';
import type { History } from './history.js';
import { LedgerView } from './ledger-view.js';
import type { Member } from './member.js';
import type { LivenessPromise } from './rules/liveness.js';
import { LONG_ENOUGH_MS, untilNothingIsLeft, waitUntil } from './wait-until.js';

const LAST_TROUBLES = 30;

/** One experiment: its processes, its ledger, and what is known of both. */
export class Round {
  readonly ledger: LedgerView;
  private keptWords: string | undefined;

  constructor(
    readonly fleet: Fleet,
    /** Where its processes keep what they do, for applications that a test adds. */
    readonly stores: FleetSettings,
  ) {
    this.ledger = new LedgerView(stores.dsn, stores.schema);
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

  /** Jobs that the test itself has written, by SQL: they are acknowledged by their commit. */
  acknowledge(jobs: readonly string[]): void {
    this.fleet.recorder.record({ kind: 'enqueued', jobs });
  }

  /** Waits until every worker has renewed its lease: from then on it can lose it only by a fault. */
  async beating(): Promise<void> {
    const workers = `${this.stores.schema}.kyu_workers`;
    const sql = `select bool_and(heartbeat_at > started_at) as beats from ${workers} where state = 'alive'`;
    const doBeat = async () => (await this.ledger.query<{ beats: boolean }>(sql))[0]?.beats || undefined;
    await waitUntil('the beats of every worker', doBeat, { everyMs: 50 });
  }

  /** Kills a worker when this share of a period is over since its last beat: the rest of its lease follows from it. */
  async killAfterBeat(worker: Member, share: number): Promise<void> {
    const { beatMs } = this.stores;
    const sinceBeatMs = await this.ledger.msSinceBeat(worker.pid);
    await delay((share * beatMs - sinceBeatMs + 2 * beatMs) % beatMs); // the phase of the kill is what is chosen here
    worker.kill();
  }

  /** Waits until every job has come to its end. */
  async drained(withinMs = LONG_ENOUGH_MS): Promise<void> {
    const isDone = async () => ((await this.ledger.countUnfinished()) === 0 ? true : undefined);
    await waitUntil('the end of every job', isDone, { withinMs, everyMs: 200 });
  }

  /** The same at any pace, as long as jobs come to their ends: for more work than a busy machine does in known time. */
  async drainedInTheEnd(longestStandstillMs: number): Promise<void> {
    const patience = { longestStandstillMs, everyMs: 200 };
    await untilNothingIsLeft('the end of every job', () => this.ledger.countUnfinished(), patience);
  }

  /** Everything that is known by now. */
  async history(ailments: readonly string[] = []): Promise<History> {
    const { events, fleet, ledger, stores } = this;
    const snapshot = await ledger.snapshot();
    return {
      ...snapshot,
      enqueued: events.of('enqueued').flatMap(({ jobs }) => jobs),
      events: events.all(),
      kills: fleet.kills,
      exits: fleet.exits,
      pauses: fleet.pauses,
      concurrency: stores.workers,
      ailments,
    };
  }

  /** The judgement over everything that has happened. It is counted nowhere: the fleet may be a flawed one. */
  async examine(promise: LivenessPromise = {}): Promise<Report> {
    return check(await this.history(), promise);
  }

  /** The same over a fleet of Kyu as it is, for the figures of the run. */
  async judge(promise: LivenessPromise = {}): Promise<Report> {
    const report = await this.examine(promise);
    recordReport(report);
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.keptWords = this.lastWords; // the files are gone before the report is written
    await this.fleet.remove();
  }
}

/** What every round adds to the figures of the run. */
export function recordReport({ counts, findings }: Report): void {
  const found = (rule: string): number => findings.filter((finding) => finding.rule === rule).length;
  recordFigure('kills', counts.kills);
  recordFigure('jobs', counts.enqueued);
  recordFigure('runs', counts.runs);
  recordFigure('crashed_runs', counts.crashedRuns);
  recordFigure('lost', found('lost-job'));
  recordFigure('overlaps', found('overlap'));
  recordFigure('stale_settles', found('wrong-settlement') + found('stale-settle'));
  recordFigure('false_rescues', found('false-rescue'));
}
