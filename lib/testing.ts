export { KyuTestingModule } from './testing/kyu-testing.module.js';
export type { KyuTestingOptions } from './testing/kyu-testing.options.js';
export { getTestbedToken, KyuTestbed } from './testing/kyu-testbed.js';
export type { DrainOptions, TestbedLimits } from './testing/testbed-options.js';
export type { RecordedJob } from './testing/enqueued-log.js';
export type { RunSummary } from './testing/run-tally.js';
export {
  createJobContext,
  type JobContextOverrides,
  type TestChild,
  type TestJobContext,
} from './testing/job-context.js';
export { runJob, type HandlerFunction, type JobOutcome } from './testing/run-job.js';
export { VirtualClock } from './testing/virtual-clock.js';
export { MemoryDispatcher, type MemoryDispatcherOptions } from './testing/memory-dispatcher.js';
export { MemoryLedger } from './testing/memory-ledger.js';
export { MemoryTransaction } from './testing/memory-transaction.js';
