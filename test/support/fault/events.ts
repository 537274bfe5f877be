/** What the processes of a fault test write down, one JSON line per event, each process into a file of its own. */

interface Happened {
  /** ms of the monotonic clock, which is one for all processes of a machine. */
  readonly at: number;
  readonly pid: number;
}

/** A handler was called. */
export interface StartEvent extends Happened {
  readonly kind: 'start';
  readonly job: string;
  readonly run: number;
}

/** A handler returned or threw. The line is written before the engine hears of it. */
export interface EndEvent extends Happened {
  readonly kind: 'end';
  readonly job: string;
  readonly run: number;
  readonly result: 'returned' | 'threw';
}

/** A handler saw its signal abort. */
export interface AbortEvent extends Happened {
  readonly kind: 'abort';
  readonly job: string;
  readonly run: number;
  readonly reason: string;
}

/** An enqueue was acknowledged. */
export interface EnqueuedEvent extends Happened {
  readonly kind: 'enqueued';
  readonly jobs: readonly string[];
}

/** An enqueue threw: whether the jobs exist is not known. */
export interface RefusedEvent extends Happened {
  readonly kind: 'refused';
  readonly count: number;
  readonly error: string;
}

/** A line of Kyu's own logger. */
export interface LogEvent extends Happened {
  readonly kind: 'log';
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The application has started. */
export interface ReadyEvent extends Happened {
  readonly kind: 'ready';
}

export type FaultEvent =
  StartEvent | EndEvent | AbortEvent | EnqueuedEvent | RefusedEvent | LogEvent | ReadyEvent;

export type EventKind = FaultEvent['kind'];

/** An event before its process and its instant are added. */
export type Happening = FaultEvent extends infer Each
  ? Each extends Happened
    ? Omit<Each, 'at' | 'pid'>
    : never
  : never;

/** CLOCK_MONOTONIC, in ms: comparable between the processes of one machine, whatever their wall clocks say. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
