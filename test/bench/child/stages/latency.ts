import { setTimeout as delay } from 'node:timers/promises';
import type { LatencyAnswer } from '../answers.js';
import type { BenchChild } from '../bench-child.js';
import { nowMs, payloadOf } from '../payload.js';

/** Single jobs, so far apart that each finds an idle system. */
export interface SendInput {
  readonly jobs: number;
  readonly pauseMs: number;
}

/** The worker's half of a latency measurement: notes for each job how long it was on its way. */
export class Listener {
  private readonly latencies: number[] = [];
  private complete: Promise<unknown> = Promise.resolve();

  constructor(private readonly child: BenchChild) {}

  async start(jobs: number): Promise<void> {
    const { contestant, tally } = this.child;
    this.complete = tally.expect(jobs);
    await contestant.startWorker((payload) => {
      this.latencies.push(nowMs() - payload.at);
      tally.note(payload);
    });
  }

  /** Resolves when every job has come. The first is not counted: it warms everything up. */
  async heard(): Promise<LatencyAnswer> {
    await this.complete;
    await this.child.contestant.settled();
    await this.child.contestant.stopWorker();
    return { latencies: this.latencies.slice(1) };
  }
}

/** The producer's half. */
export async function sendOneByOne(child: BenchChild, { jobs, pauseMs }: SendInput): Promise<void> {
  const first = child.tally.take(jobs);
  for (let n = first; n < first + jobs; n += 1) {
    // Not at a fixed beat: it could fall in step with somebody's timer.
    await delay(pauseMs * (0.5 + Math.random()));
    await child.contestant.enqueue(payloadOf(n, nowMs()));
  }
}
