import {
  decodeCarried,
  encodeCarried,
  mergeCarried,
  type CarriedContext,
  type CarryFunction,
} from '../core/carried-context.js';
import { KyuContextError } from '../core/errors.js';
import type { DraftedJob, KyuTelemetry } from '../core/ports/telemetry.js';

export interface CarrierParts {
  /** The application's own answer. */
  readonly carry: CarryFunction | undefined;
  /** The context of the job whose handler enqueues; `undefined` outside of a handler. */
  readonly inherited: () => CarriedContext | undefined;
  readonly telemetry: Pick<KyuTelemetry, 'carry'> | undefined;
}

const NOTHING = decodeCarried(null);

/**
 * What travels with a job. A job that is enqueued by a handler inherits what its own job carries, so that a request is
 * known at every step that follows from it; what `carry` answers wins, and the trace is always that of the call.
 */
export class ContextCarrier {
  constructor(private readonly parts: CarrierParts) {}

  /** @throws KyuContextError when `carry` throws, or answers what cannot travel */
  textFor(job: DraftedJob): string | null {
    const { carry, inherited, telemetry } = this.parts;
    const parent = inherited();
    if (carry === undefined && parent === undefined && telemetry === undefined) return null;
    const own = carry === undefined ? (parent ?? NOTHING) : mergeCarried(parent ?? NOTHING, answerOf(carry));
    const trace = telemetry?.carry(job);
    return encodeCarried(trace === undefined ? own : { ...own, ...trace });
  }
}

function answerOf(carry: CarryFunction): unknown {
  try {
    return carry();
  } catch (error) {
    throw new KyuContextError('carry()', 'threw an error', error);
  }
}
