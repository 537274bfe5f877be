import { EntitySchema } from 'typeorm';
import type { JobProgress } from '../../core/job.js';
import type { JobStatus } from '../../core/job-status.js';

/** A row of `kyu_jobs`. For reading: only Kyu's own statements may change it. */
export class KyuJobEntity {
  id!: string; // every column is set by the ORM, here and below
  queue!: string;
  jobType!: string;
  priority!: number;
  status!: JobStatus;
  payload!: unknown;
  result!: unknown;
  progress!: JobProgress | null;
  run!: number;
  maxRetries!: number;
  retryCount!: number;
  crashCount!: number;
  /** bigint: TypeORM gives it as text. */
  timeoutMs!: string;
  errorMessage!: string | null;
  createdAt!: Date;
  updatedAt!: Date;
  scheduledAt!: Date | null;
  lockedAt!: Date | null;
  lockedBy!: string | null;
  completedAt!: Date | null;
  deletedAt!: Date | null;
  deadlineAt!: Date | null;
  tags!: string[] | null;
  context!: Readonly<Record<string, unknown>> | null;
  parentId!: string | null;
  /** A backoff of the job's own. */
  backoff!: unknown;
  uniqueKey!: string | null;
  uniqueKeeps!: boolean;
  uniqueExpiresAt!: Date | null;
  cancelRequestedAt!: Date | null;
  cancelReason!: string | null;
}

export function jobEntity(schema: string): EntitySchema<KyuJobEntity> {
  return new EntitySchema<KyuJobEntity>({
    target: KyuJobEntity,
    name: 'KyuJobEntity',
    tableName: 'kyu_jobs',
    schema,
    synchronize: false,
    columns: {
      id: { type: 'uuid', primary: true },
      queue: { type: 'text' },
      jobType: { type: 'text', name: 'job_type' },
      priority: { type: 'integer' },
      status: { type: 'text' },
      payload: { type: 'jsonb' },
      result: { type: 'jsonb', nullable: true },
      progress: { type: 'jsonb', nullable: true },
      run: { type: 'integer' },
      maxRetries: { type: 'integer', name: 'max_retries' },
      retryCount: { type: 'integer', name: 'retry_count' },
      crashCount: { type: 'integer', name: 'crash_count' },
      timeoutMs: { type: 'bigint', name: 'timeout_ms' },
      errorMessage: { type: 'text', name: 'error_message', nullable: true },
      createdAt: { type: 'timestamptz', name: 'created_at' },
      updatedAt: { type: 'timestamptz', name: 'updated_at' },
      scheduledAt: { type: 'timestamptz', name: 'scheduled_at', nullable: true },
      lockedAt: { type: 'timestamptz', name: 'locked_at', nullable: true },
      lockedBy: { type: 'uuid', name: 'locked_by', nullable: true },
      completedAt: { type: 'timestamptz', name: 'completed_at', nullable: true },
      deletedAt: { type: 'timestamptz', name: 'deleted_at', nullable: true },
      deadlineAt: { type: 'timestamptz', name: 'deadline_at', nullable: true },
      tags: { type: 'text', array: true, nullable: true },
      context: { type: 'jsonb', nullable: true },
      parentId: { type: 'uuid', name: 'parent_id', nullable: true },
      backoff: { type: 'jsonb', nullable: true },
      uniqueKey: { type: 'text', name: 'unique_key', nullable: true },
      uniqueKeeps: { type: 'boolean', name: 'unique_keeps' },
      uniqueExpiresAt: { type: 'timestamptz', name: 'unique_expires_at', nullable: true },
      cancelRequestedAt: { type: 'timestamptz', name: 'cancel_requested_at', nullable: true },
      cancelReason: { type: 'text', name: 'cancel_reason', nullable: true },
    },
  });
}
