import type { WorkerIdentity, WorkerRegistry } from '../core/ports/worker-registry.js';
import type { LeaseRhythm, Watchdog, WatchdogReport } from '../core/ports/watchdog.js';
import type { LedgerConnection } from './ledger-connection.js';
import type { ReservedConnection } from './reserved-connection.js';
import { beatWorker } from './statements/beat-worker.sql.js';
import { changeWorkerState } from './statements/change-worker-state.sql.js';
import { registerWorker } from './statements/register-worker.sql.js';
import { ThreadWatchdog } from './thread-watchdog.js';

/** A beat that takes longer is no proof of life any more; the connection is thrown away and the next beat tries anew. */
const BEAT_TIMEOUT_MS = 3_000;

/**
 * The worker's door for its own life: called by `worker/lease-keeper`. It has a connection to itself, so that no
 * batch and no busy pool can make a living worker look dead; the watchdog beats over a second one, from a thread of
 * its own.
 */
export class PostgresWorkerRegistry implements WorkerRegistry {
  private reserved: ReservedConnection | undefined;
  private watchdog: ThreadWatchdog | undefined;

  constructor(private readonly connection: LedgerConnection) {}

  async register(worker: WorkerIdentity, leaseMs: number): Promise<void> {
    const { workerId, host, pid, version, queues, concurrency, types } = worker;
    const values = [workerId, host, pid, version, queues, concurrency, leaseMs, types];
    await this.link().query(registerWorker, values, BEAT_TIMEOUT_MS);
  }

  async beat(workerId: string, leaseMs: number): Promise<boolean> {
    const rows = await this.link().query(beatWorker, [workerId, leaseMs], BEAT_TIMEOUT_MS);
    return rows.length > 0;
  }

  async markDraining(workerId: string): Promise<void> {
    await this.link().query(changeWorkerState, [workerId, 'draining'], BEAT_TIMEOUT_MS);
  }

  async sayGoodbye(workerId: string): Promise<void> {
    await this.link().query(changeWorkerState, [workerId, 'stopped'], BEAT_TIMEOUT_MS);
  }

  startWatchdog(
    workerId: string,
    rhythm: LeaseRhythm,
    tell: (report: WatchdogReport) => void,
  ): Watchdog | { readonly impossible: string } {
    const link = this.connection.configForThread('watchdog');
    if ('impossible' in link) return link;
    const { text } = this.connection.book.get(beatWorker);
    this.watchdog ??= new ThreadWatchdog({ config: link.config, text });
    return this.watchdog.guard(workerId, rhythm, tell);
  }

  async close(): Promise<void> {
    await this.watchdog?.close();
    this.watchdog = undefined;
    const reserved = this.reserved;
    this.reserved = undefined;
    await reserved?.close();
  }

  private link(): ReservedConnection {
    this.reserved ??= this.connection.reserve('heartbeat');
    return this.reserved;
  }
}
