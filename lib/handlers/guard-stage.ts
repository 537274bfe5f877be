import { ForbiddenException, UnauthorizedException, type CanActivate } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { DiscardJob } from '../core/outcome.js';
import type { Stage } from './interceptor-chain.js';
import type { ExecutionContextHost } from './nest-internals.js';

/**
 * Asks the guards before the rest runs. A refusal is final: the same job would be refused again. Any other error of a
 * guard (its database is down) is a failure like others, and is retried.
 */
export function guardStage(
  guards: readonly CanActivate[],
  inner: Stage<ExecutionContextHost>,
): Stage<ExecutionContextHost> {
  if (guards.length === 0) return inner;
  return async (execution) => {
    for (const guard of guards) await requireConsent(guard, execution);
    return inner(execution);
  };
}

async function requireConsent(guard: CanActivate, execution: ExecutionContextHost): Promise<void> {
  if (await consentOf(guard, execution)) return;
  throw new DiscardJob(`refused by guard ${guard.constructor.name}`);
}

async function consentOf(guard: CanActivate, execution: ExecutionContextHost): Promise<boolean> {
  try {
    const answer = await guard.canActivate(execution);
    return isObservable(answer) ? await lastValueFrom(answer) : answer;
  } catch (error) {
    if (!(error instanceof ForbiddenException || error instanceof UnauthorizedException)) throw error;
    throw new DiscardJob(`refused by guard ${guard.constructor.name}: ${error.message}`, { cause: error });
  }
}
