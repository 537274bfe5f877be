import type { DispatchMode } from '../core/events.js';
import type { Clock } from '../core/ports/clock.js';
import type { LedgerReadings, QueueReading } from '../core/ports/ledger-readings.js';
import {
  findBacklog,
  findDispatcher,
  findLedger,
  findOverall,
  findWorkers,
  type HealthFinding,
  type LifecycleState,
  type QueueAnswer,
} from './health-findings.js';
import { describeError } from './log-line.js';
import { SharedReading } from './shared-reading.js';

/** Where the health of one instance comes from. */
export interface HealthSources {
  readonly readings: Pick<LedgerReadings, 'ping' | 'queues' | 'oldestTransactionMs'>;
  readonly queues: () => readonly string[];
  readonly dispatcherMode: () => DispatchMode;
  /** `postgres` when no Redis is configured: then working without it is no defect. Default `redis`. */
  readonly configuredDispatcher?: DispatchMode;
  /** Pending job types that no living worker handles. Default none. */
  readonly unhandledTypes?: () => readonly { readonly queue: string; readonly type: string }[];
  readonly lifecycle: () => LifecycleState;
  readonly clock: Clock;
}

/** Probes of several load balancers come together; one question a second is enough for all. */
const KEEP_MS = 1_000;
const PATIENCE_MS = 1_000;

/** Answers how an instance is. It never rejects: what cannot be found out is a finding. */
export class HealthReader {
  private readonly ping: SharedReading<void>;
  private readonly transactions: SharedReading<number | null>;
  private readonly queues: SharedReading<readonly QueueReading[]>;

  constructor(private readonly sources: HealthSources) {
    const { clock, readings } = sources;
    const limits = { keepMs: KEEP_MS, patienceMs: PATIENCE_MS, clock };
    this.ping = new SharedReading({ read: async () => readings.ping(), ...limits });
    this.transactions = new SharedReading({ read: async () => readings.oldestTransactionMs(), ...limits });
    this.queues = new SharedReading({ read: async () => readings.queues(sources.queues()), ...limits });
  }

  /** `down` when PostgreSQL does not answer within a second; `degraded` when a transaction keeps vacuum from its work. */
  async ledger(): Promise<HealthFinding> {
    const oldest = this.transactions.get().catch(() => null);
    try {
      await this.ping.get();
      return findLedger(await oldest);
    } catch (error) {
      return { status: 'down', message: `PostgreSQL did not answer: ${describeError(error)}` };
    }
  }

  /** `degraded` while Redis is away: the jobs keep running. */
  dispatcher(): HealthFinding {
    const { configuredDispatcher, dispatcherMode } = this.sources;
    return findDispatcher(dispatcherMode(), configuredDispatcher ?? 'redis');
  }

  /** `degraded` when a queue has pending jobs and no live worker, or none for their type; `down` while this process drains. */
  async workers(): Promise<HealthFinding> {
    const answer = await this.answer();
    return findWorkers(this.sources.lifecycle(), answer, this.sources.unhandledTypes?.());
  }

  /** `degraded` when a pending job is older than the limit. */
  async backlog(limitMs: number): Promise<HealthFinding> {
    return findBacklog(limitMs, await this.answer());
  }

  /** Everything at once: the worst of the parts. */
  async overall(limitMs: number): Promise<HealthFinding> {
    const [ledger, workers, backlog] = await Promise.all([
      this.ledger(),
      this.workers(),
      this.backlog(limitMs),
    ]);
    return findOverall(this.sources.lifecycle(), { ledger, dispatcher: this.dispatcher(), workers, backlog });
  }

  private async answer(): Promise<QueueAnswer> {
    try {
      return { queues: await this.queues.get() };
    } catch (error) {
      return { reason: describeError(error) };
    }
  }
}
