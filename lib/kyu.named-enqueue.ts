import type { EntityManager } from 'typeorm';
import type { WithManager } from './admin/operator-options.js';
import { defineJob } from './core/job-definition.js';
import type { EnqueueOptions } from './core/resolve-enqueue-options.js';
import type { KyuRuntime } from './kyu.runtime.js';
import type { EnqueuedJob } from './producer/enqueue-answers.js';

/** What is known of a job type that somebody names. */
export interface NamedJobType {
  readonly type: string;
  /** Whether a handler of it is here, or a worker has said elsewhere that it has one. */
  readonly isKnown: boolean;
  /** What its handler's settings are where it is not here. */
  readonly options: EnqueueOptions;
}

/**
 * Looks a type up that a person has named: where this process does not handle it, what its workers have said of it
 * holds, as it does for `enqueue` in SQL.
 */
export async function lookUpJobType(
  { handlers, stores, options }: KyuRuntime,
  type: string,
): Promise<NamedJobType> {
  if (handlers?.find(type) !== undefined) return { type, isKnown: true, options: {} };
  const said = await stores.jobTypes.find(options.queueName, type);
  if (said === undefined) return { type, isKnown: false, options: {} };
  const { queue, maxRetries, timeoutMs } = said;
  return { type, isKnown: true, options: { queue, maxRetries, timeout: timeoutMs } };
}

/** Enqueues a job of such a type; what is given wins. */
export function enqueueNamed(
  { producer }: KyuRuntime,
  { type, options }: NamedJobType,
  payload: unknown,
  given: EnqueueOptions & WithManager<EntityManager>,
): Promise<EnqueuedJob> {
  return producer.enqueue(defineJob(type), payload, { ...options, ...given });
}
