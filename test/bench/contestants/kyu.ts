import type { INestApplicationContext } from '@nestjs/common';
import { KyuProducer, KyuWorkers } from '../../../lib/index.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contestant, ContestantSetting, Handle, StoreCount } from '../child/contestant.js';
import { JOB_TYPE, type BenchPayload } from '../child/payload.js';
import { openKyuApp } from './kyu-app.js';
import { BenchHandlers } from './kyu-handlers.js';
import { KyuLedgerView } from './kyu-ledger-view.js';

/** Kyu as an application uses it. */
class KyuContestant implements Contestant {
  private readonly producer: KyuProducer;
  private readonly workers: KyuWorkers;
  private readonly handlers: BenchHandlers;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly ledger: KyuLedgerView,
  ) {
    this.producer = app.get(KyuProducer);
    this.workers = app.get(KyuWorkers);
    this.handlers = app.get(BenchHandlers);
  }

  enqueue(payload: BenchPayload): Promise<unknown> {
    return this.producer.enqueue(JOB_TYPE, payload);
  }

  enqueueMany(payloads: readonly BenchPayload[]): Promise<unknown> {
    return this.producer.enqueueMany(payloads.map((payload) => ({ type: JOB_TYPE, payload })));
  }

  async startWorker(handle: Handle): Promise<void> {
    this.handlers.handle = handle;
    await this.workers.start();
  }

  async settled(): Promise<void> {
    while (!this.workers.isIdle) await nextTurn();
  }

  stopWorker(): Promise<void> {
    return this.workers.drain();
  }

  count(): Promise<StoreCount> {
    return this.ledger.count();
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.ledger.close();
  }
}

export async function open(setting: ContestantSetting): Promise<Contestant> {
  const app = await openKyuApp(setting);
  return new KyuContestant(app, await KyuLedgerView.open(setting.postgresUrl));
}
