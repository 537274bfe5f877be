import 'reflect-metadata';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { ApiModule } from './app/api.module.js';
import { AppModule } from './app/app.module.js';
import type { Settings } from './app/settings.js';

// `node main.js` serves HTTP, `node main.js worker` only runs jobs. With KYU_ROLE=producer the first of them runs none.
const logger = new Logger('Shop desk');
// Without the hooks SIGTERM ends the process at once; with them, Kyu lets its jobs finish first. In a container Node may be
// process 1, which the kernel keeps alive when Nest raises the signal again: so it exits by itself.
const ON_SIGNALS: Parameters<INestApplicationContext['enableShutdownHooks']> = [[], { useProcessExit: true }];
await (process.argv[2] === 'worker' ? startWorker() : startApi());

async function startApi(): Promise<void> {
  const app = await NestFactory.create(ApiModule);
  app.enableShutdownHooks(...ON_SIGNALS);
  const config = app.get<ConfigService<Settings, true>>(ConfigService);
  await app.listen(config.get('PORT', { infer: true }), config.get('HOST', { infer: true }));
  logger.log(`The API listens on ${await app.getUrl()}`);
}

async function startWorker(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule);
  app.enableShutdownHooks(...ON_SIGNALS);
  logger.log(`The worker ${process.pid} is ready`);
}
