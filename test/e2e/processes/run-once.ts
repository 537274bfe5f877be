import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule } from 'nestjs-kyu';
import { Handlers } from './handlers.js';
import { readSettings, say } from './settings.js';

/** What crontab starts. Nothing calls `process.exit`: the program ends because nothing is left open. */
@Module({ imports: [KyuModule.forRoot({ ...readSettings().kyu, runOnce: true })], providers: [Handlers] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule);
say('drained');
await app.close();
say('closed');
