import './wrong-clock.js'; // before everything that might ask for the time
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule } from 'nestjs-kyu';
import { commit } from '../../support/fault/flaws.js';
import { readSettings } from '../../support/fault/process-settings.js';
import { Recorder } from '../../support/fault/recorder.js';
import { recordingLogger } from '../../support/fault/recording-logger.js';
import { FaultHandlers } from './fault-handlers.js';

/** A worker of a fault test: an ordinary application, but one that keeps a diary. */
const settings = readSettings();
const recorder = new Recorder(settings.eventFile);
if (settings.flaw !== undefined) commit(settings.flaw);

@Module({
  imports: [
    KyuModule.forRoot({
      dsn: settings.dsn,
      redis: settings.redis,
      schema: settings.schema,
      queueName: settings.queue,
      workers: settings.workers,
      lease: { beat: settings.beatMs, length: settings.leaseMs },
      ...(settings.pollMs === undefined ? {} : { pollInterval: settings.pollMs }),
      shutdownGrace: settings.graceMs,
      pool: { maxOpen: 5 },
      migrationsRun: true,
      logger: recordingLogger(recorder),
    }),
  ],
  providers: [{ provide: Recorder, useValue: recorder }, FaultHandlers],
})
class WorkerModule {}

// A test that ends without a word must not leave its processes behind. The line to it must not keep a worker alive,
// though: in real life there is none.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
app.enableShutdownHooks();
recorder.record({ kind: 'ready' });
