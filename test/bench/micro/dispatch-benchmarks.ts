import type { INestApplicationContext } from '@nestjs/common';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import type { Handler, HandlerTable } from '../../../lib/core/ports/handler-table.js';
import type { ProgressReporter } from '../../../lib/worker/progress-reporter.js';
import { KyuRuntime } from '../../../lib/kyu.runtime.js';
import { Run, type Attendant } from '../../../lib/worker/run.js';
import { RunExecutor } from '../../../lib/worker/run-executor.js';
import { systemClock } from '../../../lib/core/system-clock.js';
import { JOB_TYPE } from '../child/payload.js';
import type { MicroBenchmark } from './micro-benchmark.js';
import { sampleClaim } from './pure-benchmarks.js';

/** Runs at once, as in a worker with as many slots. */
const AT_ONCE = 50;
const ROUNDS = 20;

/** Nobody reports progress, nobody logs. */
const NOBODY = { progress: {} as ProgressReporter, logger: console, attendant: {} as Attendant };

/**
 * The dispatch of a job inside the process, from the claim to the decision, without any store: through the handlers of
 * a real application.
 */
export function dispatchBenchmarks(app: INestApplicationContext, around: string): MicroBenchmark[] {
  const { handlers } = app.get(KyuRuntime);
  const handler = handlers?.find(JOB_TYPE);
  if (handlers === undefined || handler === undefined) throw new Error(`no handler of ${JOB_TYPE}`);
  return [
    {
      name: `dispatch, ${around}`,
      operations: AT_ONCE * ROUNDS,
      run: () => dispatch(handlers, jobContextOf(handler)),
    },
    { name: `whole run, ${around}`, operations: AT_ONCE * ROUNDS, run: wholeRuns(handlers) },
  ];
}

/** As little as there can be: the same method, called directly. What the others take beyond this is the overhead. */
export function bareCall(instance: { send: (payload: never) => Promise<void> }): MicroBenchmark {
  const payload = JSON.parse(sampleClaim().payload) as never;
  return {
    name: 'bare call of the handler',
    operations: AT_ONCE * ROUNDS,
    run: () => inRounds(() => instance.send(payload)),
  };
}

/** Look the handler up, call it through what is around it, wait for its end. */
function dispatch(handlers: HandlerTable, job: JobContext): Promise<void> {
  return inRounds(() => handlers.find(JOB_TYPE)?.invoke(job.payload, job));
}

async function inRounds(call: () => unknown): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const calls: unknown[] = [];
    for (let count = 0; count < AT_ONCE; count += 1) calls.push(call());
    for (const ended of calls) await ended;
  }
}

function jobContextOf(handler: Handler): JobContext {
  const claim = sampleClaim();
  const times = { claimedAtMs: 0, startedAtMs: 0, limitAtMs: Infinity, deadlineAtMs: Infinity };
  return new Run(claim, handler, JSON.parse(claim.payload), times, NOBODY);
}

/** All that the worker does with a claim: parse, run, time, decide. */
function wholeRuns(handlers: HandlerTable): () => Promise<void> {
  let left = 0;
  let ended: (() => void) | undefined;
  const executor = new RunExecutor({
    ...NOBODY,
    handlers,
    clock: systemClock,
    events: new EventBus(() => {}),
    staleJobTimeoutMs: 600_000,
    cancelPatienceMs: 30_000,
    onSettledEnd: () => {},
    onEnd: () => {
      left -= 1;
      if (left === 0) ended?.();
    },
  });
  return async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      left = AT_ONCE;
      const all = new Promise<void>((resolve) => {
        ended = resolve;
      });
      for (let count = 0; count < AT_ONCE; count += 1) executor.start(sampleClaim(), 0);
      await all;
    }
  };
}
