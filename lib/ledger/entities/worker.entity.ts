import { EntitySchema } from 'typeorm';

/** A row of `kyu_workers`: one worker process. For reading. */
export class KyuWorkerEntity {
  id!: string; // every column is set by the ORM, here and below
  host!: string;
  pid!: number;
  version!: string;
  queues!: string[];
  concurrency!: number;
  /** The job types that it handles, patterns as they are written; `null`: a worker of a release that did not say. */
  types!: string[] | null;
  state!: 'alive' | 'draining' | 'stopped' | 'dead';
  startedAt!: Date;
  heartbeatAt!: Date;
  leaseExpiresAt!: Date;
  /** Somebody asked it to take nothing more. */
  drainRequestedAt!: Date | null;
  /** The process is to end when it has drained. */
  drainThenExit!: boolean;
}

export function workerEntity(schema: string): EntitySchema<KyuWorkerEntity> {
  return new EntitySchema<KyuWorkerEntity>({
    target: KyuWorkerEntity,
    name: 'KyuWorkerEntity',
    tableName: 'kyu_workers',
    schema,
    synchronize: false,
    columns: {
      id: { type: 'uuid', primary: true },
      host: { type: 'text' },
      pid: { type: 'integer' },
      version: { type: 'text' },
      queues: { type: 'text', array: true },
      concurrency: { type: 'integer' },
      types: { type: 'text', name: 'job_types', array: true, nullable: true },
      state: { type: 'text' },
      startedAt: { type: 'timestamptz', name: 'started_at' },
      heartbeatAt: { type: 'timestamptz', name: 'heartbeat_at' },
      leaseExpiresAt: { type: 'timestamptz', name: 'lease_expires_at' },
      drainRequestedAt: { type: 'timestamptz', name: 'drain_requested_at', nullable: true },
      drainThenExit: { type: 'boolean', name: 'drain_then_exit' },
    },
  });
}
