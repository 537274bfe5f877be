import type { WakeUp } from '../../../lib/core/ports/wake-up.js';

/** The ledger's signal without a ledger: what is sent is heard at once by those who listen. */
export class LoopbackWakeUp implements WakeUp {
  readonly sent: string[] = [];
  isListening = false;
  private queues: readonly string[] = [];
  private listener: (queue: string) => void = () => {};

  async send(queue: string): Promise<void> {
    this.sent.push(queue);
    if (this.isListening && this.queues.includes(queue)) this.listener(queue);
  }

  async start(queues: readonly string[], listener: (queue: string) => void): Promise<void> {
    this.queues = queues;
    this.listener = listener;
    this.isListening = true;
  }

  async stop(): Promise<void> {
    this.isListening = false;
  }
}
