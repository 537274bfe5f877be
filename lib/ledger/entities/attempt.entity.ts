import { EntitySchema } from 'typeorm';

/** A row of `kyu_attempts`: one run of a job. For reading. */
export class KyuAttemptEntity {
  jobId!: string; // every column is set by the ORM, here and below
  run!: number;
  attempt!: number;
  workerId!: string;
  startedAt!: Date;
  finishedAt!: Date;
  outcome!: string;
  errorMessage!: string | null;
  errorStack!: string | null;
}

export function attemptEntity(schema: string): EntitySchema<KyuAttemptEntity> {
  return new EntitySchema<KyuAttemptEntity>({
    target: KyuAttemptEntity,
    name: 'KyuAttemptEntity',
    tableName: 'kyu_attempts',
    schema,
    synchronize: false,
    columns: {
      jobId: { type: 'uuid', name: 'job_id', primary: true },
      run: { type: 'integer', primary: true },
      attempt: { type: 'integer' },
      workerId: { type: 'uuid', name: 'worker_id' },
      startedAt: { type: 'timestamptz', name: 'started_at' },
      finishedAt: { type: 'timestamptz', name: 'finished_at' },
      outcome: { type: 'text' },
      errorMessage: { type: 'text', name: 'error_message', nullable: true },
      errorStack: { type: 'text', name: 'error_stack', nullable: true },
    },
  });
}
