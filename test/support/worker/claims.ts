import type { Claim } from '../../../lib/core/claim.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import type { Handler, HandlerTable } from '../../../lib/core/ports/handler-table.js';
import { DEFAULT_BACKOFF } from '../../../lib/core/retry-policy.js';

let lastNumber = 0;

/** A claim with whatever a test wants to be special about it. */
export function claimOf(changes: Partial<Claim> = {}): Claim {
  lastNumber += 1;
  return {
    id: `01900000-0000-7000-8000-${lastNumber.toString(16).padStart(12, '0')}`,
    run: 1,
    workerId: 'worker-1',
    queue: 'shop',
    type: 'send_email',
    priority: 0,
    payload: '{}',
    retryCount: 0,
    maxRetries: 3,
    timeoutMs: 0,
    crashCount: 0,
    createdAtMs: Date.parse('2026-11-22T04:00:00.123Z'),
    scheduledAt: null,
    claimedAt: '2026-11-22 04:00:01.5+00',
    waitedMs: 0,
    deadlineInMs: null,
    context: null,
    parentId: null,
    errors: null,
    ...changes,
  };
}

/** A handler with whatever a test wants to be special about it. */
export function handlerOf(
  changes: Partial<Handler> & { invoke?: (payload: unknown, job: JobContext) => unknown } = {},
): Handler {
  return {
    type: 'send_email',
    queue: 'shop',
    concurrency: 5,
    timeoutMs: 0,
    retryPolicy: { backoff: { ...DEFAULT_BACKOFF, jitter: 0 }, resultLimitBytes: 1_000_000 },
    source: 'Mailer.send',
    invoke: () => undefined,
    ...changes,
  };
}

export function tableOf(...handlers: Handler[]): HandlerTable {
  return {
    find: (type) => handlers.find((handler) => handler.type === type),
    all: () => handlers,
  };
}

/** A promise that a test settles when it wants to. */
export function deferred<Value>() {
  let resolve!: (value: Value) => void; // set by the constructor below, which runs at once
  let reject!: (error: unknown) => void; // likewise
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** Lets everything run that is ready to run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
