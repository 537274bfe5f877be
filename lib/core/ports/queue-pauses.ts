/** A queue that takes a rest, or one job type in it. */
export interface QueuePause {
  readonly queue: string;
  /** `null`: the whole queue. */
  readonly type: string | null;
  readonly pausedAt: Date;
  /** Who paused it, as far as they said. */
  readonly actor: string | null;
  readonly reason: string | null;
}

/** What is to be paused, and what an operator says about it. */
export interface PauseOrder {
  readonly queues: readonly string[];
  /** `null`: the queues as a whole. */
  readonly type: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** The worker's and the operator's look at what rests. */
export interface PauseReadings {
  /** The pauses of these queues, in the order of their names. */
  list(queues: readonly string[]): Promise<QueuePause[]>;
}

/** The operator's door for queues. A claim that begins after the commit of a pause takes nothing of what rests. */
export interface QueuePauses<Transaction> extends PauseReadings {
  /** Answers the queues where it was not paused before. */
  pause(order: PauseOrder, transaction?: Transaction): Promise<string[]>;
  /** Answers the queues where it was paused until now. */
  resume(queues: readonly string[], type: string | null, transaction?: Transaction): Promise<string[]>;
}

/** Whether a job of the type rests in the queue, by one of these pauses. */
export function restsBy(
  { queue, type }: Pick<QueuePause, 'queue' | 'type'>,
  job: { readonly queue: string; readonly type: string },
): boolean {
  return queue === job.queue && (type === null || type === job.type);
}
