import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule } from 'nestjs-kyu';
import { Handlers } from './handlers.js';
import { readSettings, say } from './settings.js';

/** A worker that runs until it is told to stop. */
const { kyu, shutdownHooks } = readSettings();

@Module({ imports: [KyuModule.forRoot(kyu)], providers: [Handlers] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule);
if (shutdownHooks === true) app.enableShutdownHooks();
say('ready');
