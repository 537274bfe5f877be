import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule, KyuProducer } from 'nestjs-kyu';
import { untilCalm } from '../../support/worker/until-calm.js';
import { Handlers } from './handlers.js';
import { readSettings } from './settings.js';

/** A worker that gives itself a long job, by the short way. */
@Module({ imports: [KyuModule.forRoot(readSettings().kyu)], providers: [Handlers] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule);
await untilCalm(app, 'busy');
await app.get(KyuProducer).enqueue('busy', 60_000);
