import { JobIdSource } from '../../../lib/core/job-id.js';
import type { Hint } from '../../../lib/core/job.js';
import type { Taken } from '../../../lib/core/ports/dispatcher.js';

const ids = new JobIdSource(() => Date.now());

/** Hints of one type, the oldest first. */
export function makeHints(count: number, { priority = 0, type = 'send_email' } = {}): Hint[] {
  return Array.from({ length: count }, () => ({ id: ids.next(), type, priority }));
}

export function makeHint(settings: { priority?: number; type?: string } = {}): Hint {
  return makeHints(1, settings)[0]!; // one was asked for
}

export function idsOf(hints: readonly Hint[]): string[] {
  return hints.map((hint) => hint.id);
}

/** The hints of an answer that must hold hints. */
export function hintsOf(taken: Taken): Extract<Taken, { kind: 'hints' }> {
  if (taken.kind !== 'hints') throw new Error(`take answered '${taken.kind}' where hints were expected`);
  return taken;
}
