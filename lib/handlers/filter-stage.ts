import type { ExceptionFilter, Type } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { DiscardJob, RetryJob, SnoozeJob } from '../core/outcome.js';
import type { Stage } from './interceptor-chain.js';
import {
  FILTER_CATCH_EXCEPTIONS,
  selectExceptionFilterMetadata,
  type ExecutionContextHost,
} from './nest-internals.js';

/** A filter in the shape in which Nest selects among them. */
interface SelectableFilter {
  readonly func: ExceptionFilter['catch'];
  readonly exceptionMetatypes: Type[];
}

/**
 * Lets the nearest filter that knows the error replace it: by throwing another one, or by throwing or returning
 * `DiscardJob`, `RetryJob` or `SnoozeJob`. Whatever else it returns, the error stands: for a request "nothing" may be
 * an answer, for a job it would be a success that never was.
 *
 * What a handler or a guard has decided in these words already is no error to be filtered, and passes untouched.
 */
export function filterStage(
  filters: readonly ExceptionFilter[],
  inner: Stage<ExecutionContextHost>,
): Stage<ExecutionContextHost> {
  if (filters.length === 0) return inner;
  const nearestFirst = filters.map(toSelectable).reverse();
  return async (execution) => {
    try {
      return await inner(execution);
    } catch (error) {
      throw isDecision(error) ? error : await replacementOf(error, nearestFirst, execution);
    }
  };
}

async function replacementOf(
  error: unknown,
  filters: SelectableFilter[],
  execution: ExecutionContextHost,
): Promise<unknown> {
  const filter = selectExceptionFilterMetadata(filters, error);
  if (filter === undefined) return error;
  try {
    // Filters of microservices answer with a stream that fails.
    const answer: unknown = await filter.func(error, execution);
    const value: unknown = isObservable(answer)
      ? await lastValueFrom(answer, { defaultValue: undefined })
      : answer;
    return isDecision(value) ? value : error;
  } catch (replacement) {
    return replacement;
  }
}

function isDecision(value: unknown): boolean {
  return value instanceof DiscardJob || value instanceof RetryJob || value instanceof SnoozeJob;
}

function toSelectable(filter: ExceptionFilter): SelectableFilter {
  const declared: unknown =
    Reflect.getMetadata(FILTER_CATCH_EXCEPTIONS, Object.getPrototypeOf(filter) as object) ??
    Reflect.getMetadata(FILTER_CATCH_EXCEPTIONS, filter.constructor);
  return {
    func: (error, host) => filter.catch(error, host) as unknown,
    exceptionMetatypes: Array.isArray(declared) ? (declared as Type[]) : [],
  };
}
