import type { BenchPayload } from './payload.js';

/** The no-op handler of every contestant. A promise holds the job. */
export type Handle = (payload: BenchPayload) => void | Promise<void>;

/** What the store says, since the contestant was opened. */
export interface StoreCount {
  /** Jobs that wait or run. */
  readonly unfinished: number;
  /** Jobs that are kept as completed; null where finished jobs are deleted. */
  readonly completed: number | null;
  /** Runs that are kept in a history of runs; null where there is none. */
  readonly attempts: number | null;
}

/** A queue system, as the measuring code sees it. It is opened on stores that hold nothing of it yet. */
export interface Contestant {
  enqueue(payload: BenchPayload): Promise<unknown>;
  enqueueMany(payloads: readonly BenchPayload[]): Promise<unknown>;
  /** Starts to run jobs; the handler is called once for each. */
  startWorker(handle: Handle): Promise<void>;
  /** Resolves when the outcome of every job that was handled is in the store. Called while a worker runs. */
  settled(): Promise<void>;
  stopWorker(): Promise<void>;
  count(): Promise<StoreCount>;
  close(): Promise<void>;
}

/** What a contestant is opened with. */
export interface ContestantSetting {
  /** URL of the file that exports `open`. */
  readonly module: string;
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly role: 'worker' | 'producer';
  /** Jobs at once. */
  readonly concurrency: number;
  readonly options: ContestantOptions;
}

/** Settings of its own; what they mean is up to the contestant. */
export type ContestantOptions = Readonly<Record<string, unknown>>;

/** What the file of a contestant exports. */
export interface ContestantModule {
  readonly open: (setting: ContestantSetting) => Promise<Contestant>;
}
