import { KyuPayloadError } from '../core/errors.js';
import type { JobContext } from '../core/job-context.js';
import { DiscardJob } from '../core/outcome.js';
import { applySchema, type PayloadSchema } from '../core/payload-schema.js';
import type { InvokeHandler } from './handler-pipeline.js';

/**
 * Applies the schema of the job type before the run; what it makes of the payload is what everything further in gets.
 * A row may come from elsewhere, or from before the schema was changed: no further attempt makes its payload fit, so
 * a refusal is final.
 */
export function checkPayloadFirst(schema: PayloadSchema, invoke: InvokeHandler): InvokeHandler {
  return (payload, job) => {
    const checked = check(schema, payload);
    if (checked instanceof Promise) return checked.then((value) => invokeWith(value, job, invoke));
    return invokeWith(checked, job, invoke);
  };
}

function check(schema: PayloadSchema, payload: unknown): unknown {
  try {
    const checked = applySchema(schema, payload);
    return checked instanceof Promise ? checked.catch(refuseForGood) : checked;
  } catch (error) {
    return refuseForGood(error);
  }
}

function invokeWith(payload: unknown, job: JobContext, invoke: InvokeHandler): unknown {
  // The context was made for this run alone, and must not say anything else than the handler's first argument.
  Reflect.set(job, 'payload', payload);
  return invoke(payload, job);
}

function refuseForGood(error: unknown): never {
  if (error instanceof KyuPayloadError) throw new DiscardJob(error.message, { cause: error });
  throw error;
}
