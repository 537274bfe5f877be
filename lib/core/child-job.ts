import type { JobReference, PayloadInputOf } from './job-definition.js';
import type { JobId } from './job.js';
import type { EnqueueOptions } from './resolve-enqueue-options.js';

/**
 * The caller's own open transaction: TypeORM's `EntityManager`, as `dataSource.transaction()` hands it to its callback.
 * Only the ledger knows what to do with it; the one property is there so that a `DataSource` does not pass for one.
 */
export interface TransactionManager {
  readonly queryRunner?: object | undefined;
}

/** How a child differs from the defaults of its type. */
export interface ChildOptions extends EnqueueOptions {
  /** The caller's own transaction: the child exists only if it commits. */
  manager?: TransactionManager;
}

/** What a child takes over from the job whose handler enqueues it. */
export interface ParentJob {
  readonly id: JobId;
  /** JSON text of what travels with the job. */
  readonly context: string | null;
}

/** A child that was enqueued. */
export interface ChildJob {
  readonly id: JobId;
  /** True when this call made the job. */
  readonly created: boolean;
}

/** Enqueues a child of a job that runs. */
export type EnqueueChild = <Reference extends JobReference>(
  parent: ParentJob,
  type: Reference,
  payload: PayloadInputOf<Reference>,
  options?: ChildOptions,
) => Promise<ChildJob>;
