import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as delay } from 'node:timers/promises';
import { JobHandler, KyuModule, KyuProducer } from 'nestjs-kyu';
import type { TreadmillReading } from '../../support/fault/treadmill-reading.js';
import { readSettings } from '../../support/fault/process-settings.js';

/** One process that enqueues small jobs and runs them, and weighs itself between the batches. */
const settings = readSettings();
const BATCH_SIZE = 1_000;
const READ_EVERY = 5_000;
const LOOK_EVERY_MS = 5;
const jobs = Number(process.env['KYU_FAULT_JOBS']);
const collectGarbage = globalThis.gc;
if (collectGarbage === undefined) throw new Error('Start it with --expose-gc.');

let ran = 0;

@Injectable()
class Handlers {
  @JobHandler('small')
  small(): number {
    ran += 1;
    return ran;
  }
}

@Module({
  imports: [
    KyuModule.forRoot({
      dsn: settings.dsn,
      redis: settings.redis,
      schema: settings.schema,
      queueName: settings.queue,
      workers: settings.workers,
      migrationsRun: true,
    }),
  ],
  providers: [Handlers],
})
class TreadmillModule {}

const warnings: string[] = [];
process.on('warning', ({ message }) => warnings.push(message));
const endAlone = (): never => process.exit(1);
process.once('disconnect', endAlone);
const app = await NestFactory.createApplicationContext(TreadmillModule, { logger: ['error'] });
app.enableShutdownHooks();
const producer = app.get(KyuProducer);
for (let made = 0; made < jobs;) {
  await producer.enqueueMany(
    Array.from({ length: BATCH_SIZE }, (_, index) => ({ type: 'small', payload: { index } })),
  );
  made += BATCH_SIZE;
  await haveRun(made);
  if (made % READ_EVERY === 0) tell(await read(made));
}
await app.close();
process.off('disconnect', endAlone);
process.disconnect();

async function haveRun(count: number): Promise<void> {
  for (;;) {
    if (ran >= count) return;
    await delay(LOOK_EVERY_MS); // polls; the test that runs this program has the deadline
  }
}

async function read(made: number): Promise<TreadmillReading> {
  await delay(50); // settlements under way come to their end
  collectGarbage?.();
  collectGarbage?.();
  const resources = process.getActiveResourcesInfo();
  return {
    jobs: made,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
    timers: resources.filter((name) => name === 'Timeout').length,
    sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    warnings,
  };
}

function tell(reading: TreadmillReading): void {
  process.send?.(reading);
}
