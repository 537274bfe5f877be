import type { Client } from 'pg';
import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { WakeUp } from '../core/ports/wake-up.js';
import type { LedgerConnection } from './ledger-connection.js';
import { sendWakeUp } from './statements/send-wake-up.sql.js';

/**
 * NOTIFY takes an instance-wide lock at commit, so a queue gets a tenth of the time for it: after one that took 2 ms the
 * others of the next 20 ms ride along. Where many processes contend for the lock, each of them waits longer and asks less.
 */
const TIME_SHARE = 0.1;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;

const RECONNECT_MS = 1_000;
/** A connection that only listens notices neither a frozen server nor a line that died without a word. */
const PING_PERIOD_MS = 3_000;
const PING_TIMEOUT_MS = 2_000;

/**
 * The wake-up port over LISTEN and NOTIFY, for life without Redis. A lost signal costs one poll interval: nothing
 * here is trusted to arrive, so a failed send is counted nowhere and a failed listen only tries again.
 *
 * Modes: stopped → listening → (connection lost, or a ping without an answer) → waiting to reconnect → listening.
 */
export class NotifyWakeUp implements WakeUp {
  private readonly throttled = new Map<string, { again: boolean }>();
  private client: Client | undefined;
  private reconnect: Timer | undefined;
  private nextPing: Timer | undefined;
  private listener: ((queue: string) => void) | undefined;
  private queues: ReadonlySet<string> = new Set();

  constructor(
    private readonly connection: LedgerConnection,
    private readonly channel: string,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  async send(queue: string): Promise<void> {
    const pause = this.throttled.get(queue);
    if (pause !== undefined) {
      pause.again = true;
      return;
    }
    this.throttled.set(queue, { again: false });
    const begunMs = this.clock.monotonicMs();
    try {
      await this.connection.query(sendWakeUp, [this.channel, queue]);
    } catch {
      // The poll stands behind every signal.
    }
    const pauseMs = pauseAfter(this.clock.monotonicMs() - begunMs);
    this.clock.after(pauseMs, () => this.endPause(queue));
  }

  async start(queues: readonly string[], listener: (queue: string) => void): Promise<void> {
    this.queues = new Set(queues);
    this.listener = listener;
    await this.listen();
  }

  async stop(): Promise<void> {
    this.listener = undefined;
    this.reconnect?.cancel();
    this.nextPing?.cancel();
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => {}); // it may be broken already; there is nothing left to close then
  }

  private endPause(queue: string): void {
    const pause = this.throttled.get(queue);
    this.throttled.delete(queue);
    if (pause?.again === true && this.connection.isOpen) void this.send(queue);
  }

  private async listen(): Promise<void> {
    if (this.listener === undefined) return;
    const client = this.connection.createListener();
    this.client = client;
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', ({ payload }) => this.hear(payload));
    try {
      await client.connect();
      await client.query(`listen "${this.channel}"`);
      this.planPing(client);
    } catch (error) {
      this.events.emit('engine.failed', { during: 'listen', error });
      this.lose(client);
    }
  }

  private planPing(client: Client): void {
    if (this.client !== client) return;
    this.nextPing = this.clock.after(PING_PERIOD_MS, () => void this.ping(client));
  }

  private async ping(client: Client): Promise<void> {
    const question = { text: 'select 1', query_timeout: PING_TIMEOUT_MS };
    try {
      await client.query(question);
      this.planPing(client);
    } catch {
      this.lose(client);
    }
  }

  private hear(queue: string | undefined): void {
    if (queue !== undefined && this.queues.has(queue)) this.listener?.(queue);
  }

  private lose(client: Client): void {
    if (this.client !== client || this.listener === undefined) return;
    this.client = undefined;
    this.nextPing?.cancel();
    client.removeAllListeners('end');
    void client.end().catch(() => {}); // broken already
    this.reconnect = this.clock.after(RECONNECT_MS, () => void this.listen());
  }
}

function pauseAfter(tookMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, tookMs / TIME_SHARE));
}
