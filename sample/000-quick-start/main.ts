import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { ApiModule } from './app/api.module.js';
import { AppModule } from './app/app.module.js';
import type { Settings } from './app/settings.js';

// `node main.js` serves HTTP, `node main.js worker` only runs jobs. With KYU_ROLE=producer the first of them runs none.
const logger = new Logger('Shop desk');
await (process.argv[2] === 'worker' ? startWorker() : startApi());

async function startApi(): Promise<void> {
  const app = await NestFactory.create(ApiModule);
  // Without the hooks SIGTERM ends the process at once; with them, Kyu lets its jobs finish first.
  app.enableShutdownHooks();
  const config = app.get<ConfigService<Settings, true>>(ConfigService);
  await app.listen(config.get('PORT', { infer: true }), config.get('HOST', { infer: true }));
  logger.log(`The API listens on ${await app.getUrl()}`);
}

async function startWorker(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule);
  app.enableShutdownHooks();
  logger.log(`The worker ${process.pid} is ready`);
}
