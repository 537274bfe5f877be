import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import type { ContestantSetting } from '../contestant.js';
import type { MemoryAnswer } from '../answers.js';
import { readMemory, type MemoryInput } from './memory.js';

/** Where the application connects to, and how its memory is read. */
export interface AppWithoutKyuInput extends MemoryInput {
  readonly setting: ContestantSetting;
}

/** What an application needs anyway: Nest, TypeORM with a connection, ioredis with a connection. No Kyu. */
export async function measureAppWithoutKyu(input: AppWithoutKyuInput): Promise<MemoryAnswer> {
  const { postgresUrl, redisUrl } = input.setting;
  const dataSource = new DataSource({ type: 'postgres', url: postgresUrl });
  const redis = new Redis(redisUrl);
  class PlainModule {}
  Module({
    providers: [
      { provide: DataSource, useFactory: () => dataSource.initialize() },
      { provide: Redis, useValue: redis },
    ],
  })(PlainModule);
  const app = await NestFactory.createApplicationContext(PlainModule, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await dataSource.query('select 1');
  await redis.ping();
  const memory = await readMemory(input);
  await app.close();
  await dataSource.destroy();
  redis.disconnect();
  return memory;
}
