import { formatDuration } from '../core/duration.js';
import type { DispatchMode } from '../core/events.js';
import type { QueueReading } from '../core/ports/ledger-readings.js';

/** Where an instance is in its life. */
export type LifecycleState = 'starting' | 'running' | 'draining' | 'stopped';

/** How a part is: `degraded` still serves, but somebody should look. */
export type HealthStatus = 'up' | 'degraded' | 'down';

/** What was found about one part, ready to be shown. */
export interface HealthFinding {
  readonly status: HealthStatus;
  /** Why it is not up. */
  readonly message?: string;
  readonly [fact: string]: unknown;
}

/** The queues as the ledger has them, or why it did not say. */
export type QueueAnswer =
  { readonly queues: readonly QueueReading[] } | { readonly queues?: undefined; readonly reason: string };

/** Beyond this age a transaction is not a slow one, but a forgotten one. */
const LONGEST_TRANSACTION_MS = 300_000;

/** The ledger answers; `null`: nothing keeps vacuum from cleaning up behind it, or nobody knows. */
export function findLedger(oldestTransactionMs: number | null): HealthFinding {
  if (oldestTransactionMs === null || oldestTransactionMs <= LONGEST_TRANSACTION_MS) return { status: 'up' };
  const message =
    `a transaction has been open for ${formatDuration(Math.round(oldestTransactionMs / 1_000) * 1_000)}: vacuum ` +
    'cannot clean up behind the jobs, and claims become slower; find it in pg_stat_activity (xact_start)';
  return { status: 'degraded', message, oldestTransactionMs };
}

export function findDispatcher(mode: DispatchMode, configured: DispatchMode): HealthFinding {
  if (mode === configured) return { status: 'up', mode };
  return { status: 'degraded', message: 'Redis is away; jobs come from PostgreSQL', mode };
}

export function findLifecycle(state: LifecycleState): HealthFinding {
  if (state === 'running') return { status: 'up', state };
  // A process that starts without its workers (`autoStart: false`) stays in this state, and serves.
  if (state === 'starting') return { status: 'degraded', message: 'starting', state };
  return { status: 'down', message: state, state };
}

export function findWorkers(
  state: LifecycleState,
  answer: QueueAnswer,
  unhandled: readonly { readonly queue: string; readonly type: string }[] = [],
): HealthFinding {
  const lifecycle = findLifecycle(state);
  if (lifecycle.status === 'down') return lifecycle;
  if (answer.queues === undefined) return unknown(answer.reason);
  const liveWorkers = Object.fromEntries(answer.queues.map(({ liveWorkers, queue }) => [queue, liveWorkers]));
  const deserted = answer.queues.filter((reading) => reading.pending > 0 && reading.liveWorkers === 0);
  if (deserted.length > 0) {
    const message = `no live worker for ${deserted.map(({ pending, queue }) => `${queue} (${pending} pending)`).join(', ')}`;
    return { status: 'degraded', message, state, liveWorkers };
  }
  if (unhandled.length > 0) {
    const unhandledTypes = unhandled.map(({ queue, type }) => `${type} in ${queue}`);
    const message = `no handler for ${unhandledTypes.join(', ')}`;
    return { status: 'degraded', message, state, liveWorkers, unhandledTypes };
  }
  return { ...lifecycle, liveWorkers };
}

export function findBacklog(limitMs: number, answer: QueueAnswer): HealthFinding {
  if (answer.queues === undefined) return unknown(answer.reason);
  const oldestPendingMs = Math.max(0, ...answer.queues.map((reading) => reading.oldestPendingMs ?? 0));
  // What rests is late because somebody wants it to be.
  const late = answer.queues.filter((reading) => !reading.paused && (reading.oldestPendingMs ?? 0) > limitMs);
  if (late.length === 0) return { status: 'up', oldestPendingMs };
  const queues = late.map(({ queue }) => queue).join(', ');
  const message = `the oldest pending job of ${queues} is older than ${formatDuration(limitMs)}`;
  return { status: 'degraded', message, oldestPendingMs };
}

/** As bad as the worst of the parts, with the reasons of those that are as bad. */
export function findOverall(
  state: LifecycleState,
  parts: Readonly<Record<string, HealthFinding>>,
): HealthFinding {
  const findings = Object.values(parts);
  const status = WORST_FIRST.find((candidate) => findings.some((finding) => finding.status === candidate));
  if (status === undefined) return { status: 'up', state, ...parts };
  const reasons = findings.filter((finding) => finding.status === status).map((finding) => finding.message);
  return { status, message: reasons.join('; '), state, ...parts };
}

const WORST_FIRST: readonly HealthStatus[] = ['down', 'degraded'];

/** Whether the ledger itself is down is said by its own finding alone. */
function unknown(reason: string): HealthFinding {
  return { status: 'degraded', message: `unknown, because the ledger gave no answer: ${reason}` };
}
