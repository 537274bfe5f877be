import './skewed-clock.js'; // before everything that might ask for the time
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JobHandler, KyuJobEvents, KyuModule } from 'nestjs-kyu';
import { readSettings, say } from './settings.js';

/** One process of many that fire the same schedules. */
const { kyu } = readSettings();

class Ticks {
  @JobHandler('tick')
  run(): void {}
}

@Module({ imports: [KyuModule.forRoot(kyu)], providers: [Ticks] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
app.get(KyuJobEvents).on('enqueued', () => say('fired'));
say(`ready at ${new Date().toISOString()}`);
