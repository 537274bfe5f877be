import type { Clock } from '../core/ports/clock.js';
import type { DispatchKeys } from './keys.js';
import type { RedisBlueprint, RedisClient } from './redis-client.js';
import { RedisConnection } from './redis-connection.js';

/** What listening to Redis takes. */
export interface RedisWakeUpParts {
  readonly blueprint: RedisBlueprint;
  readonly keys: DispatchKeys;
  readonly queues: readonly string[];
  readonly onWake: (queue: string) => void;
  readonly clock: Clock;
}

/**
 * Hears the wake-ups that the scripts publish, over a connection of its own: one that listens can do nothing else.
 * Signals may be lost, so nothing here fails aloud: the connection is mended, and the worker's poll bounds the wait.
 */
export class RedisWakeUp {
  private readonly connection: RedisConnection;
  private readonly queueOfChannel: ReadonlyMap<string, string>;
  private subscription: Promise<void> = Promise.resolve();
  private wasSubscribed = false;

  constructor(private readonly parts: RedisWakeUpParts) {
    const { blueprint, clock, keys, queues } = parts;
    this.connection = new RedisConnection(blueprint, clock, (client) => {
      this.subscription = this.subscribe(client);
    });
    this.queueOfChannel = new Map(queues.map((queue) => [keys.wakeUp(queue), queue]));
  }

  /**
   * Opens the connection, or makes sure of the open one; one that does not answer is replaced at the next check.
   * After the first check it listens, if Redis can be reached. Call it again and again: a connection that only
   * listens notices by itself neither a frozen server nor a cut line.
   */
  async check(): Promise<void> {
    if (this.parts.queues.length === 0) return; // it would listen for nobody
    try {
      await this.connection.ready();
      await this.subscription;
      await this.connection.ask((client) => client.ping());
    } catch {
      this.connection.reset();
    }
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }

  private async subscribe(client: RedisClient): Promise<void> {
    // A mended connection is the same client: it must not hear everything twice.
    client.off('message', this.onMessage);
    client.on('message', this.onMessage);
    try {
      await this.connection.ask((open) => open.subscribe(...this.queueOfChannel.keys()));
    } catch {
      this.connection.reset(); // the next check makes a new one
      return;
    }
    if (this.wasSubscribed) this.wakeAll();
    this.wasSubscribed = true;
  }

  /** What was said while nobody listened is not said again. */
  private wakeAll(): void {
    for (const queue of this.parts.queues) this.parts.onWake(queue);
  }

  private readonly onMessage = (channel: unknown): void => {
    const queue = this.queueOfChannel.get(String(channel));
    if (queue !== undefined) this.parts.onWake(queue);
  };
}
