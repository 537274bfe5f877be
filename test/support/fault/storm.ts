import { check, type Report } from './checker.js';
import { paced } from '../fair-trial.js';
import type { Grounds } from './grounds.js';
import { examineHealth, retireFleet } from './health.js';
import type { History } from './history.js';
import { Nemesis, type DeedCounts, type StormPlan } from './nemesis.js';
import type { ProducerMember } from './producer-member.js';
import { recoveryTimes } from './recovery.js';
import { recordReport, type Round } from './round.js';
import { waitsForRuns } from './rules/liveness.js';
import { runsByJob } from './runs.js';
import { SeededRandom } from './seeded-random.js';
import type { Rhythm } from './storm-mix.js';
import { untilNothingIsLeft } from './wait-until.js';

/** One storm: so many kills over so many jobs. */
export interface StormOrder {
  readonly seed: number;
  readonly kills: number;
  readonly jobs: number;
}

/** What a storm came to. */
export interface StormReport {
  readonly order: StormOrder;
  readonly report: Report;
  readonly deeds: DeedCounts;
  /** SIGKILL → its jobs start elsewhere, each case in ms, by the lease of the killed worker in ms. */
  readonly recoveries: ReadonlyMap<number, readonly number[]>;
  /** Ready → the run starts, each case in ms. */
  readonly waits: readonly number[];
  readonly history: History;
  readonly tookMs: number;
}

/** Beat and lease: a short one, and the fast profile of the documents. */
export const SHORT_LEASE = { leaseMs: 2_000, beatMs: 400 };
export const FAST_LEASE = { leaseMs: 5_000, beatMs: 1_000 };

const WORKERS = 4;
const PLAN: Omit<StormPlan, 'kills' | 'rhythms'> = {
  // Most of the fleet stands most of the time: jobs that wait for a free place would hide how soon they come back.
  pauseMs: [600, 1_600],
  survivors: 2,
};
const PER_SECOND = 60;
/** Many times what a job may wait for: a lease, the delay before another attempt, the start of a worker. */
const LONGEST_STANDSTILL_MS = 60_000;

/** Runs one storm on a ledger of its own, drains it, retires its fleet and judges everything. */
export async function runStorm(
  round: Round,
  redis: Grounds['redisView'],
  order: StormOrder,
): Promise<StormReport> {
  const begunAt = performance.now();
  const { fleet } = round;
  const random = new SeededRandom(order.seed);
  const load = new StormLoad(round, order.seed);
  const nemesis = new Nemesis(
    round,
    random,
    { ...PLAN, kills: order.kills, rhythms: [SHORT_LEASE, FAST_LEASE].map(atPace) },
    {
      redis,
      replaceProducer: () => load.replaceProducer(),
    },
  );
  await Promise.all([load.begin(), ...Array.from({ length: WORKERS }, () => nemesis.startWorker())]);
  await nemesis.storm();
  const jobsLeft = () => (round.events.all(), order.jobs - round.events.enqueued);
  const patience = { longestStandstillMs: LONGEST_STANDSTILL_MS, everyMs: 200 };
  await untilNothingIsLeft(`the enqueue of ${order.jobs} jobs`, jobsLeft, patience);
  await load.end();
  await round.drainedInTheEnd(LONGEST_STANDSTILL_MS);
  await retireFleet(fleet);
  const history = await round.history(await examineHealth(round));
  const report = check(history);
  recordReport(report);
  return {
    order,
    report,
    deeds: nemesis.counts,
    recoveries: recoveriesByLease(history, round),
    waits: waitsForRuns(history, runsByJob(history)).map(({ ms }) => ms),
    history,
    tookMs: performance.now() - begunAt,
  };
}

/** What a rhythm is in a trial at another pace. */
export function atPace({ beatMs, leaseMs }: Rhythm): Rhythm {
  return { leaseMs: paced(leaseMs), beatMs: paced(beatMs) };
}

/** Two producers at half of the rate each, of which one may be killed at any time. */
class StormLoad {
  private producers: ProducerMember[] = [];
  private generation = 0;

  constructor(
    private readonly round: Round,
    private readonly seed: number,
  ) {}

  async begin(): Promise<void> {
    await Promise.all([this.addProducer(), this.addProducer()]);
  }

  async replaceProducer(): Promise<void> {
    const victim = this.producers.shift();
    victim?.kill();
    await this.addProducer();
  }

  async end(): Promise<void> {
    await Promise.all(this.producers.map((producer) => producer.stopLoad()));
  }

  private async addProducer(): Promise<void> {
    const producer = await this.round.fleet.startProducer();
    this.producers.push(producer);
    this.generation += 1;
    const seed = this.seed + this.generation;
    producer.startLoad({ seed, perSecond: PER_SECOND / 2, longestNapMs: 250, failing: 0.1 });
  }
}

function recoveriesByLease(history: History, { fleet }: Round): Map<number, number[]> {
  const runs = runsByJob(history);
  const leases = new Set([...fleet.settingsOf.values()].map(({ leaseMs }) => leaseMs));
  const inOrder = [...leases].sort((one, other) => one - other);
  return new Map(
    inOrder.map((leaseMs) => {
      const kills = history.kills.filter(({ pid }) => fleet.settingsOf.get(pid)?.leaseMs === leaseMs);
      return [leaseMs, recoveryTimes({ ...history, kills }, runs)];
    }),
  );
}
