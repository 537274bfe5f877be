import type { Clock } from '../core/ports/clock.js';
import {
  COMMAND_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  type RedisBlueprint,
  type RedisClient,
} from './redis-client.js';
import { reasonOf, RedisUnavailableError } from './redis-unavailable-error.js';

/** How long the closing of a connection may take. */
const CLOSE_WITHIN_MS = 1_000;
/** In these states of ioredis there is nothing left to close. */
const HAS_NO_SOCKET = new Set(['wait', 'reconnecting', 'end']);

/**
 * One connection of Kyu's own. ioredis mends short losses; a connection that does not come back, or that no longer
 * answers, is thrown away as a whole (`reset`) and replaced at the next `ready`: no state of an old client, and no
 * socket whose peer is long gone, can keep Kyu away from a Redis that is well.
 */
export class RedisConnection {
  private client: RedisClient | undefined;
  private lastReason = 'there is no connection';
  private closed = false;

  constructor(
    private readonly blueprint: RedisBlueprint,
    private readonly clock: Clock,
    /** Is told of each new connection, the mended ones included. */
    private readonly onReady: (client: RedisClient) => void = () => {},
  ) {}

  get address(): string {
    return this.blueprint.address;
  }

  /**
   * Asks at once or not at all: nothing waits for a connection.
   * @throws RedisUnavailableError after the command timeout at the latest.
   */
  async ask<Answer>(question: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    if (this.client?.status !== 'ready') throw this.failure(this.lastReason);
    try {
      return await this.answerInTime(question(this.client));
    } catch (error) {
      throw this.failure(error);
    }
  }

  /**
   * Opens the connection unless it is open, and waits for it.
   * @throws RedisUnavailableError when the attempt fails, or at the deadline.
   */
  async ready(): Promise<void> {
    if (this.closed) throw this.failure('this instance is closed');
    // Ended is for good, for ioredis as well.
    if (this.client?.status === 'end') this.reset();
    const client = this.client ?? this.open();
    if (client.status === 'ready') return;
    const reason = await this.reasonNotReady(client);
    if (reason !== undefined) throw this.failure(reason);
  }

  /** Lets go of the client, and of every command that waits for its answer. */
  reset(): void {
    const client = this.client;
    this.client = undefined;
    client?.disconnect();
  }

  /** Resolves when the socket is gone. */
  async close(): Promise<void> {
    this.closed = true;
    const client = this.client;
    const status = client?.status;
    this.reset();
    if (client === undefined || status === undefined || HAS_NO_SOCKET.has(status)) return;
    await new Promise<void>((resolve) => {
      const deadline = this.clock.after(CLOSE_WITHIN_MS, resolve);
      client.once('end', () => {
        deadline.cancel();
        resolve();
      });
    });
  }

  /** The error for whoever listens: in words, without the command that ioredis attaches. */
  failure(reason: unknown): RedisUnavailableError {
    if (reason instanceof RedisUnavailableError) return reason;
    return new RedisUnavailableError(this.address, reasonOf(reason));
  }

  /** ioredis has a timeout too, but not for all of its paths: not for redirections, and not for a cluster's listener. */
  private answerInTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const deadline = this.clock.after(COMMAND_TIMEOUT_MS, () => {
        reject(new Error(`no answer within ${COMMAND_TIMEOUT_MS} ms`));
      });
      void answer.then(resolve, reject).finally(() => deadline.cancel());
    });
  }

  private open(): RedisClient {
    const client = this.blueprint.create();
    this.client = client;
    client.on('error', (error: unknown) => this.remember(client, error));
    client.on('ready', () => {
      if (this.client !== client) return;
      this.lastReason = 'the connection was lost';
      this.onReady(client);
    });
    // Its outcome arrives as an event as well.
    client.connect().catch((error: unknown) => this.remember(client, error));
    return client;
  }

  /** "Connection is closed" follows every other reason and says less. */
  private remember(client: RedisClient, error: unknown): void {
    const reason = reasonOf(error);
    if (this.client === client && !reason.startsWith('Connection is closed')) this.lastReason = reason;
  }

  /** Undefined once the client is ready; else why it is not, as soon as that is known. */
  private reasonNotReady(client: RedisClient): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (reason: string | undefined): void => {
        deadline.cancel();
        client.off('ready', onReady);
        client.off('close', onClose);
        client.off('end', onClose);
        resolve(reason);
      };
      const onReady = (): void => settle(undefined);
      const onClose = (): void => settle(this.lastReason);
      const deadline = this.clock.after(CONNECT_TIMEOUT_MS, () => {
        settle(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
      });
      client.once('ready', onReady);
      client.once('close', onClose);
      client.once('end', onClose);
    });
  }
}
