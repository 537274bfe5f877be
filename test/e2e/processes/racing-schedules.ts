import './skewed-clock.js'; // before everything that might ask for the time
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JobHandler, KyuJobEvents, KyuModule } from 'nestjs-kyu';
import { readSettings, say } from './settings.js';

/** Several engines that fire the same schedules, in one process of several. */
const ENGINES = ['one', 'two', 'three'];
const { kyu } = readSettings();

class Ticks {
  @JobHandler('tick', { instance: 'one' })
  @JobHandler('tick', { instance: 'two' })
  @JobHandler('tick', { instance: 'three' })
  run(): void {}
}

@Module({ imports: ENGINES.map((name) => KyuModule.forRoot({ ...kyu, name })), providers: [Ticks] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
for (const name of ENGINES) {
  app.get<KyuJobEvents>(`KYU:${name}:KyuJobEvents`).on('enqueued', () => say('fired'));
}
say(`ready at ${new Date().toISOString()}`);
