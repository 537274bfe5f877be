import type { ArgumentsHost } from '@nestjs/common';
import { KyuError } from '../core/errors.js';
import type { JobContext } from '../core/job-context.js';

/** What `context.getType()` answers in interceptors, guards, pipes and filters around a job. */
export const KYU_CONTEXT_TYPE = 'kyu';

/**
 * Whether an interceptor, guard or filter is at work around a job, not a request.
 * @example
 * if (isKyuContext(context)) return true; // an HTTP guard that steps aside
 */
export function isKyuContext(context: ArgumentsHost): boolean {
  return context.getType<string>() === KYU_CONTEXT_TYPE;
}

/**
 * The job that an interceptor, guard or filter is at work around.
 * @throws KyuError when it is around something else; ask `isKyuContext` first
 * @example
 * const job = getJobContext<SendEmail>(context);
 */
export function getJobContext<Payload = unknown>(context: ArgumentsHost): JobContext<Payload> {
  if (isKyuContext(context)) return context.getArgByIndex<JobContext<Payload>>(1);
  throw new KyuError(
    'KYU_NOT_A_JOB',
    `There is no job in a context of type "${context.getType<string>()}".`,
    {
      remedy: 'Ask isKyuContext(context) first.',
    },
  );
}
