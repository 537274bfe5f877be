import type { AccountAnswer } from '../child/answers.js';
import type { Progress } from '../child/stages/share-work.js';
import { allProcessed } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Sample } from '../harness/benchmark.js';
import type { ContestantProcess } from '../harness/contestant-process.js';
import { contestantNamed } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';
import type { Place } from '../stores/bench-stores.js';
import { warmUpOf } from './throughput.js';

const PROCESSES = [1, 2, 4];
const GIVE_UP_AFTER_MS = 120_000;

/** The same jobs with more and more worker processes. */
export function scalingBenchmark(context: BenchContext): Benchmark {
  return {
    name: 'scaling',
    title: 'Process no-op jobs with several worker processes',
    unit: 'jobs/s',
    better: 'higher',
    entrants: PROCESSES.map((count) => ({
      name: `kyu-${count}`,
      settings: `${count} worker process${count === 1 ? '' : 'es'}`,
      sample: () => sampleScaling(context, count),
    })),
  };
}

async function sampleScaling(context: BenchContext, count: number): Promise<Sample> {
  const { pace } = contestantNamed('kyu');
  const jobs = jobsFor(context.scale, pace.process);
  const place = await context.stores.freshPlace();
  return withFleet(context, place, count, async (fleet) => {
    await fleet.run(warmUpOf(context, pace.process));
    const ms = await fleet.run(jobs);
    return {
      value: (jobs / ms) * 1_000,
      details: { jobs, processes: count },
      account: allProcessed(...(await fleet.account())),
    };
  });
}

/** Opens one worker process inside the other, so that all of them are closed whatever happens. */
async function withFleet<Result>(
  context: BenchContext,
  place: Place,
  count: number,
  work: (fleet: Fleet) => Promise<Result>,
  fleet = new Fleet(),
): Promise<Result> {
  if (fleet.size === count) return work(fleet);
  const setting = settingOf(contestantNamed('kyu'), place);
  const member = fleet.size;
  return withContestant(
    context,
    setting,
    (child) => {
      fleet.add(child);
      return withFleet(context, place, count, work, fleet);
    },
    { onProgress: (progress) => fleet.hear(member, progress) },
  );
}

/** Worker processes on one queue. */
class Fleet {
  private readonly members: ContestantProcess[] = [];
  private progress: Progress[] = [];
  private goal = Number.POSITIVE_INFINITY;
  private reached: (() => void) | undefined;

  get size(): number {
    return this.members.length;
  }

  add(member: ContestantProcess): void {
    this.members.push(member);
  }

  hear(member: number, progress: Progress): void {
    this.progress[member] = progress;
    const handled = this.progress.reduce((sum, one) => sum + one.handled, 0);
    if (handled >= this.goal) this.reached?.();
  }

  /** @returns ms from the first job that any of them started to the last */
  async run(jobs: number): Promise<number> {
    await this.members[0]?.seed(jobs);
    this.progress = [];
    this.goal = jobs;
    const done = this.whenReached(jobs);
    await Promise.all(this.members.map((member) => member.shareWork()));
    await done;
    await Promise.all(this.members.map((member) => member.stopSharing()));
    const busy = this.progress.filter(({ handled }) => handled > 0);
    return Math.max(...busy.map(({ lastAt }) => lastAt)) - Math.min(...busy.map(({ firstAt }) => firstAt));
  }

  account(): Promise<AccountAnswer[]> {
    return Promise.all(this.members.map((member) => member.account()));
  }

  private whenReached(jobs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${jobs} jobs took more than ${GIVE_UP_AFTER_MS} ms`));
      const timer = setTimeout(late, GIVE_UP_AFTER_MS);
      this.reached = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
