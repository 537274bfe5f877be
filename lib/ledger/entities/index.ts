import type { EntitySchema } from 'typeorm';
import { attemptEntity } from './attempt.entity.js';
import { jobEntity } from './job.entity.js';
import { workerEntity } from './worker.entity.js';

/**
 * Kyu's tables as TypeORM entities, for reading through repositories: `entities: [...kyuEntities(), Order]`, then
 * `dataSource.getRepository(KyuJobEntity)`. They carry `synchronize: false`: an application that synchronises its own
 * schema leaves the ledger alone.
 */
export function kyuEntities(schema = 'kyu'): EntitySchema[] {
  return [jobEntity(schema), attemptEntity(schema), workerEntity(schema)];
}
