import { Redis, type Cluster, type ClusterOptions, type RedisOptions } from 'ioredis';
import { KyuConfigError } from '../core/errors.js';
import type { Clock } from '../core/ports/clock.js';
import type { RedisSource } from './redis-source.js';
import { reasonOf } from './redis-unavailable-error.js';

/** What Kyu uses of an ioredis client, be it for a single server, Sentinel or Cluster. */
export interface RedisClient {
  readonly status: string;
  connect(): Promise<void>;
  disconnect(): void;
  ping(): Promise<unknown>;
  get(key: string): Promise<string | null>;
  type(key: string): Promise<string>;
  zcard(key: string): Promise<number>;
  evalsha(hash: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(source: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (value: unknown) => void): unknown;
  once(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
}

/** How to make clients, and what to call their server in front of people: never with a password. */
export interface RedisBlueprint {
  readonly address: string;
  /** A client of Kyu's own that is not connected yet. */
  create(): RedisClient;
}

/** A command that takes longer has failed; two of them in a row are noticed within 2 s. */
export const COMMAND_TIMEOUT_MS = 900;
/** A connection that takes longer, its handshake included, has failed. */
export const CONNECT_TIMEOUT_MS = 2_000;
/** Idle connections are dropped in silence by firewalls and load balancers; this keeps them alive. */
const KEEP_ALIVE_MS = 10_000;
/** How long a server that no longer answers may hold up the closing of a connection. */
const DISCONNECT_TIMEOUT_MS = 200;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1_000;
const MOST_REDIRECTIONS = 4;

/**
 * Clients are always Kyu's own: an instance that the application passes is copied, never used. Its offline queue,
 * its blocking commands and the moment of its closing are the application's business, and would become Kyu's.
 * @throws KyuConfigError when the source cannot be read.
 */
export function blueprintOf(source: RedisSource, clock: Clock): RedisBlueprint {
  const prototype = prototypeOf(source);
  if (isCluster(prototype)) return clusterBlueprint(prototype);
  const discipline = singleDiscipline(prototype, clock);
  return { address: addressOf(prototype.options), create: () => prototype.duplicate(discipline) };
}

function prototypeOf(source: RedisSource): Redis | Cluster {
  if (typeof source === 'string') return fromUrl(source);
  if ('duplicate' in source && typeof source.duplicate === 'function') return source;
  // Lazy: the prototype is only copied and never connects.
  return new Redis({ ...(source as RedisOptions), lazyConnect: true });
}

/** Not by `instanceof`: the application may have another copy of ioredis. */
function isCluster(prototype: Redis | Cluster): prototype is Cluster {
  return prototype.isCluster;
}

function fromUrl(url: string): Redis {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'redis' && scheme !== 'rediss')
    throw unreadable(`a ${scheme}:// URL`);
  try {
    return new Redis(url, { lazyConnect: true });
  } catch (error) {
    // The error itself holds the URL, and the URL may hold a password.
    throw unreadable(`a URL that cannot be read (${reasonOf(error)})`);
  }
}

function unreadable(value: string): KyuConfigError {
  return new KyuConfigError([
    { field: 'redis', value, allowed: 'redis://[user:password@]host:port[/db] or rediss://…' },
  ]);
}

function singleDiscipline(prototype: Redis, clock: Clock): Partial<RedisOptions> {
  return {
    ...commandDiscipline(),
    // What an operator sees in CLIENT LIST.
    connectionName: prototype.options.connectionName ?? 'kyu',
    lazyConnect: true,
    // A command that cannot be sent now fails now: the ledger takes over, nothing piles up.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => retryDelayMs(times, clock),
  };
}

function commandDiscipline(): Partial<RedisOptions> {
  return {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    noDelay: true,
    disableClientInfo: true,
    // A take that is sent again takes twice.
    autoResendUnfulfilledCommands: false,
    // Whoever subscribes does so again at every `ready`.
    autoResubscribe: false,
  };
}

function clusterBlueprint(cluster: Cluster): RedisBlueprint {
  const discipline: ClusterOptions = {
    redisOptions: { ...cluster.options.redisOptions, ...commandDiscipline() },
    lazyConnect: true,
    enableOfflineQueue: false,
    scaleReads: 'master',
    maxRedirections: MOST_REDIRECTIONS,
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
    // It is called when no node is left: the client ends, and the next probe makes a new one. In its own attempts
    // it would pile up listeners on a dead socket.
    clusterRetryStrategy: () => null,
  };
  const nodes = cluster.nodes().map(({ options }) => `${options.host}:${options.port}`);
  const address = nodes.length > 0 ? `the cluster of ${nodes.join(', ')}` : 'the cluster';
  return { address, create: () => cluster.duplicate([], discipline) };
}

/** Half of it is chance, so that a fleet does not come back in one instant. */
function retryDelayMs(times: number, clock: Clock): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(times, 10));
  return Math.round(longest * (0.5 + 0.5 * clock.random()));
}

function addressOf(options: RedisOptions): string {
  const { host, path, port, sentinels } = options;
  if (sentinels && sentinels.length > 0) {
    const addresses = sentinels.map(
      (sentinel) => `${sentinel.host ?? '127.0.0.1'}:${sentinel.port ?? 26_379}`,
    );
    return `sentinels ${addresses.join(', ')} (${options.name ?? 'no master name'})`;
  }
  return path ?? `${host}:${port}`;
}
