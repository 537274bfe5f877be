/** "Something happened in this queue": a signal that may be lost, doubled or late. A poll stands behind it. */
export interface WakeUp {
  /** Tells the other processes; throttled, best effort, never rejects. */
  send(queue: string): Promise<void>;
  start(queues: readonly string[], listener: (queue: string) => void): Promise<void>;
  stop(): Promise<void>;
}
