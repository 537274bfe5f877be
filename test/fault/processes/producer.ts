import './wrong-clock.js'; // before everything that might ask for the time
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule, KyuProducer } from 'nestjs-kyu';
import { commit } from '../../support/fault/flaws.js';
import type { ProducerCommand, ProducerReply } from '../../support/fault/process-messages.js';
import { readSettings } from '../../support/fault/process-settings.js';
import { Recorder } from '../../support/fault/recorder.js';
import { recordingLogger } from '../../support/fault/recording-logger.js';
import { JobIntake } from './job-intake.js';
import { JobStream } from './job-stream.js';

/** A producer of a fault test: enqueues what it is told, or a stream of jobs, and writes down what was taken. */
const settings = readSettings();
const recorder = new Recorder(settings.eventFile);
if (settings.flaw !== undefined) commit(settings.flaw);

@Module({
  imports: [
    KyuModule.forRoot({
      role: 'producer',
      dsn: settings.dsn,
      redis: settings.redis,
      schema: settings.schema,
      queueName: settings.queue,
      pool: { maxOpen: 5 },
      migrationsRun: true,
      logger: recordingLogger(recorder),
    }),
  ],
})
class ProducerModule {}

process.once('disconnect', () => process.exit(1));
const app = await NestFactory.createApplicationContext(ProducerModule, { logger: ['error'] });
app.enableShutdownHooks();
const intake = new JobIntake(app.get(KyuProducer), recorder);
let stream: JobStream | undefined;

process.on('message', (command: ProducerCommand) => {
  if (command.kind === 'enqueue') void answer(command, () => intake.enqueueMany(command.orders));
  else if (command.kind === 'transact')
    void answer(command, () => intake.enqueueInTransaction(settings.dsn, command));
  else if (command.kind === 'stop') stream?.stop();
  else {
    stream = new JobStream(intake, command.load);
    void stream.run().then(() => reply({ kind: 'load-ended' }));
  }
});
recorder.record({ kind: 'ready' });

async function answer({ ticket }: { ticket: number }, enqueue: () => Promise<string[]>): Promise<void> {
  try {
    reply({ kind: 'enqueued', ticket, jobs: await enqueue() });
  } catch (error) {
    reply({ kind: 'not-enqueued', ticket, error: String(error) });
  }
}

function reply(message: ProducerReply): void {
  process.send?.(message);
}
