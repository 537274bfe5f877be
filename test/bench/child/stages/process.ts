import type { ProcessAnswer } from '../answers.js';
import { seed, type BenchChild } from '../bench-child.js';
import { cpuMs } from '../cpu.js';
import { nowMs } from '../payload.js';

/** How jobs are to be run. */
export interface ProcessInput {
  readonly jobs: number;
  /** `empty`: they are enqueued first. `filled`: exactly these wait in it. `backlog`: more wait than are counted. */
  readonly queue: 'empty' | 'filled' | 'backlog';
}

/**
 * Runs jobs with one worker. The rate counts from the first call of the handler until the last outcome is in the store:
 * without the start of the worker, with everything that a job costs.
 */
export async function processJobs(child: BenchChild, { jobs, queue }: ProcessInput): Promise<ProcessAnswer> {
  const { contestant, tally } = child;
  if (queue === 'empty') await seed(child, jobs);
  const span = tally.expect(jobs);
  const cpuBefore = cpuMs();
  const startedAt = nowMs();
  await contestant.startWorker((payload) => tally.note(payload));
  const { firstAt, lastAt } = await span;
  // With more in the queue there is no moment at which everything is settled.
  if (queue !== 'backlog') await contestant.settled();
  const settledAt = nowMs();
  const cpu = cpuMs() - cpuBefore;
  await contestant.stopWorker();
  return {
    jobs,
    firstStartMs: firstAt - startedAt,
    handledMs: lastAt - firstAt,
    settledMs: settledAt - firstAt,
    cpuMs: cpu,
  };
}
