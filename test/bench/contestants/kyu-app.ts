import 'reflect-metadata';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule, type KyuLogger, type KyuModuleOptions } from '../../../lib/index.js';
import type { ContestantSetting } from '../child/contestant.js';
import { BenchHandlers, InnerInterceptor, OuterInterceptor } from './kyu-handlers.js';
import { KYU_QUEUE } from './queue-name.js';

/** Kyu's own settings in a benchmark. */
export interface KyuBenchOptions {
  /** PostgreSQL alone. */
  readonly withoutRedis?: boolean;
  /** Default 0. */
  readonly interceptors?: 0 | 2;
}

/** What goes wrong is said on the standard error output. What a start tells, and that a worker paused, is not. */
const logger: KyuLogger = {
  log: () => {},
  debug: () => {},
  warn: () => {},
  error: (message, details) => console.error(`kyu: ${message}`, details ?? ''),
};

/**
 * An ordinary Nest application with an ordinary handler. The worker starts when the measurement says so.
 * @param more Options beside those of the setting, such as a `dataSource` in place of the connection string.
 */
export async function openKyuApp(
  setting: ContestantSetting,
  more: KyuModuleOptions = {},
): Promise<INestApplicationContext> {
  const { withoutRedis = false, interceptors = 0 } = setting.options as KyuBenchOptions;
  class BenchModule {}
  Module({
    imports: [
      KyuModule.forRoot({
        ...(more.dataSource === undefined ? { dsn: setting.postgresUrl } : {}),
        redis: withoutRedis ? false : setting.redisUrl,
        role: setting.role,
        workers: setting.concurrency,
        queueName: KYU_QUEUE,
        interceptors: interceptors === 0 ? [] : [OuterInterceptor, InnerInterceptor],
        migrationsRun: true,
        autoStart: false,
        logger,
        ...more,
      }),
    ],
    providers: [BenchHandlers],
  })(BenchModule);
  const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  return app;
}
