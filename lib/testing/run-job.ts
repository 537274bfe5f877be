import type { JobContext } from '../core/job-context.js';
import type { JobProgress } from '../core/job.js';
import { outcomeOfThrown, type RunOutcome, type RunOutcomeKind } from '../core/outcome.js';
import { runAs } from '../worker/current-job.js';
import { TestRun, type JobContextOverrides } from './job-context.js';

/** What a call of a handler came to. */
export interface JobOutcome<Result> {
  /** `completed`, `failed`, `discarded`, `snoozed` or `retry-after`: as Kyu would write it into `kyu_attempts`. */
  readonly outcome: RunOutcomeKind;
  /** What the handler returned; `undefined` when it threw. */
  readonly result: Result | undefined;
  /** What it threw; `undefined` when it returned. */
  readonly error: unknown;
  /** For how long it asked to wait (`SnoozeJob`, `RetryJob`); else `undefined`. */
  readonly delayMs: number | undefined;
  /** Every progress that it reported, oldest first. */
  readonly progress: readonly JobProgress[];
  /** What it logged, with its details filled in. */
  readonly logs: readonly string[];
}

/** A handler as a plain function. */
export type HandlerFunction<Payload, Result> = (payload: Payload, job: JobContext<Payload>) => Result;

/**
 * Calls a handler as a worker would, without Nest, stores or time: no interceptors, no pipes, no timeout. What it
 * throws is part of the answer, and `currentJob()` works below it.
 * @param contextOverrides what the handler is to see of its run: `attempt`, `maxAttempts`, `signal` …
 * @example
 * const mailer = new Mailer(new FakeSmtp());
 * const { outcome, delayMs } = await runJob((mail, job) => mailer.send(mail, job), { to: 'a@b.example' });
 * expect({ outcome, delayMs }).toEqual({ outcome: 'snoozed', delayMs: 30_000 });
 */
export async function runJob<Payload, Result>(
  handler: HandlerFunction<Payload, Result>,
  payload: Payload,
  contextOverrides: JobContextOverrides<Payload> = {},
): Promise<JobOutcome<Awaited<Result>>> {
  const run = new TestRun({ ...contextOverrides, payload });
  const call = () => handler(payload, run as JobContext as JobContext<Payload>);
  try {
    const result = (await runAs(run, call)) as Awaited<Result>;
    return { ...said(run), outcome: 'completed', result, error: undefined, delayMs: undefined };
  } catch (error) {
    const outcome = outcomeOfThrown(error);
    return { ...said(run), outcome: outcome.kind, result: undefined, error, delayMs: delayOf(outcome) };
  }
}

function said({ reports, logs }: TestRun): Pick<JobOutcome<unknown>, 'progress' | 'logs'> {
  return { progress: reports, logs };
}

function delayOf(outcome: RunOutcome): number | undefined {
  return 'delayMs' in outcome ? outcome.delayMs : undefined;
}
