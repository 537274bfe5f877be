import type { KyuProducer } from 'nestjs-kyu';
import type { JobOrder } from '../../support/fault/process-messages.js';
import type { Recorder } from '../../support/fault/recorder.js';

/** Enqueues, and writes down what the ledger acknowledged: these jobs must not be lost, whatever happens. */
export class JobIntake {
  constructor(
    private readonly producer: KyuProducer,
    private readonly recorder: Recorder,
  ) {}

  async enqueue(order: JobOrder): Promise<void> {
    await this.recorded(1, async () => {
      const { type, payload, options } = itemOf(order);
      return [(await this.producer.enqueue(type, payload, options)).id];
    });
  }

  async enqueueMany(orders: readonly JobOrder[]): Promise<string[]> {
    return this.recorded(orders.length, async () => {
      const results = await this.producer.enqueueMany(orders.map(itemOf));
      return results.map((result) => {
        if (result.status === 'rejected') throw result.error;
        return result.id;
      });
    });
  }

  private async recorded(count: number, enqueue: () => Promise<string[]>): Promise<string[]> {
    try {
      const jobs = await enqueue();
      this.recorder.record({ kind: 'enqueued', jobs });
      return jobs;
    } catch (error) {
      this.recorder.record({ kind: 'refused', count, error: String(error) });
      throw error;
    }
  }
}

function itemOf({ type, ms = 0, maxRetries, priority = 0 }: JobOrder) {
  const options = { priority, ...(maxRetries === undefined ? {} : { maxRetries }) };
  return { type, payload: { ms }, options };
}
