import { AsyncLocalStorage } from 'node:async_hooks';
import type { JobContext } from '../core/job-context.js';
import type { Run } from './run.js';

/** One store for all instances: a run belongs to exactly one of them, and code below a handler asks for "the" job. */
const runs = new AsyncLocalStorage<Run>();

/** The context of the job whose handler is running here, at any depth below it; `undefined` outside. */
export function currentJob(): JobContext | undefined {
  return runs.getStore();
}

/** The run itself, for the worker. */
export function currentRun(): Run | undefined {
  return runs.getStore();
}

/** Calls a handler with its run as the current one. */
export function runAs(run: Run, call: (run: Run) => unknown): unknown {
  return runs.run(run, call, run);
}
