import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JobHandler, KyuModule } from 'nestjs-kyu';
import { Handlers } from './handlers.js';
import { readSettings, say } from './settings.js';

/** Two handlers of one type: found when the stores are open already. The error is caught, and nothing exits. */
class Rival {
  @JobHandler('quick')
  quick(): void {}
}

@Module({ imports: [KyuModule.forRoot(readSettings().kyu)], providers: [Handlers, Rival] })
class AppModule {}

try {
  await NestFactory.createApplicationContext(AppModule, { abortOnError: false });
} catch (error) {
  say(`refused: ${String(error)}`);
}
