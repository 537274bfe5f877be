import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { KyuProducer } from 'nestjs-kyu';
import type { JobOrder, TransactionOrder } from '../../support/fault/process-messages.js';
import type { Recorder } from '../../support/fault/recorder.js';

/** Enqueues, and writes down what the ledger acknowledged: these jobs must not be lost, whatever happens. */
export class JobIntake {
  private source: Promise<DataSource> | undefined;

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

  /** In a transaction of the application: acknowledged when it has committed. */
  async enqueueInTransaction(dsn: string, { openMs, orders }: TransactionOrder): Promise<string[]> {
    this.source ??= new DataSource({ type: 'postgres', url: dsn }).initialize();
    const source = await this.source;
    return this.recorded(orders.length, () =>
      source.transaction(async (manager) => {
        const jobs: string[] = [];
        for (const { type, payload, options } of orders.map(itemOf))
          jobs.push((await this.producer.enqueue(type, payload, { ...options, manager })).id);
        await delay(openMs); // the transaction stays open: what is tested
        return jobs;
      }),
    );
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

/** A producer knows no handler, so not its time limit either: the default would end what outlasts a long outage. */
const TIMEOUT = '10m';

function itemOf({ type, ms = 0, maxRetries, priority = 0 }: JobOrder) {
  const options = { priority, timeout: TIMEOUT, ...(maxRetries === undefined ? {} : { maxRetries }) };
  return { type, payload: { ms }, options };
}
