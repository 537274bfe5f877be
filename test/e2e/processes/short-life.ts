import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { KyuModule, KyuProducer } from 'nestjs-kyu';
import { KyuMetricsModule } from 'nestjs-kyu/metrics';
import { Handlers } from './handlers.js';
import { readSettings, say } from './settings.js';

/** Everything that Kyu can open is opened and closed. Nothing calls `process.exit`. */
@Module({
  imports: [ScheduleModule.forRoot(), KyuModule.forRoot(readSettings().kyu), KyuMetricsModule.forRoot()],
  providers: [Handlers],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(0, '127.0.0.1');
const { id } = await app.get(KyuProducer).enqueue('quick', 'one job');
say(`enqueued ${id}`);
process.once('SIGUSR2', () => void close());

async function close(): Promise<void> {
  await app.close();
  say('closed');
}
