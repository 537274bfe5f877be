import type { EnqueueAnswer } from '../answers.js';
import { freshPayloads, type BenchChild } from '../bench-child.js';
import { cpuMs } from '../cpu.js';
import { nowMs } from '../payload.js';

/** Callers that enqueue at once, each one job after the other. */
export interface EnqueueInput {
  readonly jobs: number;
  readonly callers: number;
}

/** Bulk enqueues, one after the other. */
export interface BulkInput {
  readonly jobs: number;
  readonly batch: number;
}

export async function enqueueOneByOne(
  child: BenchChild,
  { jobs, callers }: EnqueueInput,
): Promise<EnqueueAnswer> {
  const { contestant } = child;
  const payloads = freshPayloads(child, jobs);
  const shared = payloads.values();
  const call = async (): Promise<void> => {
    for (const payload of shared) await contestant.enqueue(payload);
  };
  return measured(jobs, () => Promise.all(Array.from({ length: callers }, call)));
}

export async function enqueueInBulk(child: BenchChild, { jobs, batch }: BulkInput): Promise<EnqueueAnswer> {
  const { contestant } = child;
  const payloads = freshPayloads(child, jobs);
  return measured(jobs, async () => {
    for (let first = 0; first < jobs; first += batch) {
      await contestant.enqueueMany(payloads.slice(first, first + batch));
    }
  });
}

async function measured(jobs: number, work: () => Promise<unknown>): Promise<EnqueueAnswer> {
  const cpuBefore = cpuMs();
  const startedAt = nowMs();
  await work();
  return { jobs, ms: nowMs() - startedAt, cpuMs: cpuMs() - cpuBefore };
}
