import { randomUUID } from 'node:crypto';
import { byClaimOrder, type LinePlace } from '../core/claim-order.js';
import type { Room } from '../core/claim.js';
import type { Hint, HintKey } from '../core/job.js';
import { isJobId } from '../core/job-id.js';
import type { DispatcherSurvey, ForeignKey, Restored, Taken } from '../core/ports/dispatcher.js';
import type { FallibleDispatcher } from './fallible-dispatcher.js';
import type { DispatchKeys } from './keys.js';
import { QueueMemory } from './queue-memory.js';
import type { RedisConnection } from './redis-connection.js';
import { ScriptRunner, type ScriptName } from './script-runner.js';

/** What a Redis dispatcher is made of. */
export interface RedisDispatcherParts {
  readonly connection: RedisConnection;
  readonly keys: DispatchKeys;
  readonly windowSize: number;
  /** Queues that this process serves; others become known by their first use. */
  readonly queues: readonly string[];
}

/** Hints per script call: Redis does nothing else while a script runs, so it must be short. */
const CHUNK_SIZE = 1_000;
/** A question costs as much as some hints. */
const WORTH_ASKING = 20;
/** A window that is emptier than this share is filled again. */
const LOW_WATER_SHARE = 0.25;

/**
 * Hints in Redis. It knows no PostgreSQL and no second chance: every failure rejects, and the failover decides.
 *
 * Every script checks the epoch of its queue first. An epoch that is gone or changed means that Redis was flushed,
 * replaced or set back: the next take says so, and the worker restores the queue from the ledger.
 */
export class RedisDispatcher implements FallibleDispatcher {
  private readonly scripts: ScriptRunner;
  private readonly memory: QueueMemory;
  private readonly lowWater: number;

  constructor(private readonly parts: RedisDispatcherParts) {
    this.scripts = new ScriptRunner(parts.connection);
    this.memory = new QueueMemory(parts.queues);
    this.lowWater = Math.max(1, Math.floor(parts.windowSize * LOW_WATER_SHARE));
  }

  get address(): string {
    return this.parts.connection.address;
  }

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    for (const chunk of chunksOf(hints)) {
      const unsaid = await this.withoutFull(queue, chunk);
      if (unsaid.length > 0) await this.announceChunk(queue, unsaid);
    }
  }

  async take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken> {
    if (rooms.length === 0 || limit <= 0) return { kind: 'hints', ids: [], lowTypes: [], left: 0 };
    const types = rooms.map((room) => room.type);
    const epoch = await this.epochOf(queue, types);
    if (this.memory.consumeForgotten(queue)) return { kind: 'forgotten' };
    const roomValues = rooms.flatMap((room) => [room.type, wholeRoom(room, limit), room.sharedBy ?? '']);
    const reply = await this.run('take', queue, types, [epoch, limit, this.lowWater, ...roomValues]);
    if (reply[0] === 'forgotten') {
      await this.adoptEpoch(queue);
      this.memory.consumeForgotten(queue);
      return { kind: 'forgotten' };
    }
    return usableHints(textsOf(reply[1]), textsOf(reply[2]), Number(reply[3]));
  }

  async restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored> {
    const chunks = hints.length === 0 ? [[]] : chunksOf(hints);
    let added = 0;
    for (const [index, chunk] of chunks.entries()) {
      const whatFollows = index < chunks.length - 1 ? 'another chunk' : complete ? 'nothing' : 'more';
      added += await this.restoreChunk(queue, type, chunk, whatFollows);
    }
    return { added };
  }

  async withdraw(queue: string, jobs: readonly HintKey[]): Promise<void> {
    for (const chunk of chunksOf(jobs)) await this.withdrawChunk(queue, chunk);
  }

  async withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void> {
    const types = lasts.map(({ type }) => type);
    const from = after === undefined ? ['', ''] : memberOf(after);
    await this.run('withdraw-up-to', queue, types, [...from, ...lasts.flatMap(memberOf)]);
  }

  async survey(queue: string, types: readonly string[]): Promise<DispatcherSurvey> {
    const { connection, keys, windowSize } = this.parts;
    const foreign: ForeignKey[] = [];
    const look = async (key: string, expected: string): Promise<'ours' | 'missing' | 'foreign'> => {
      const found = await connection.ask((client) => client.type(key));
      if (found === 'none') return 'missing';
      if (found === expected) return 'ours';
      foreign.push({ key, found, expected });
      return 'foreign';
    };
    const epoch = await look(keys.epoch(queue), 'string');
    await look(keys.more(queue), 'set');
    const held = new Map<string, number>();
    for (const type of types) {
      const key = keys.ready(queue, type);
      if ((await look(key, 'zset')) === 'foreign') continue;
      held.set(type, await connection.ask((client) => client.zcard(key)));
    }
    return { hasEpoch: epoch !== 'missing', held, foreign, windowSize };
  }

  async check(): Promise<string[]> {
    const { connection, keys } = this.parts;
    const queues = this.memory.watchedQueues();
    if (queues.length === 0) {
      await connection.ask((client) => client.ping());
      return [];
    }
    const epochs = await Promise.all(
      queues.map((queue) => connection.ask((client) => client.get(keys.epoch(queue)))),
    );
    const changed = queues.filter((queue, index) => this.memory.epochOf(queue) !== epochs[index]);
    await Promise.all(changed.map((queue) => this.adoptEpoch(queue)));
    return queues.filter((queue) => this.memory.isForgotten(queue));
  }

  async probe(): Promise<void> {
    const { connection } = this.parts;
    await connection.ready();
    await connection.ask((client) => client.ping());
    await Promise.all(this.memory.watchedQueues().map((queue) => this.adoptEpoch(queue)));
  }

  forgetEverything(): void {
    this.memory.noteEverythingForgotten();
  }

  reset(): void {
    this.parts.connection.reset();
  }

  async close(): Promise<void> {
    await this.parts.connection.close();
  }

  /**
   * Before a long line most hints are for nothing: their places are behind the tail of the window. Where that was so the
   * last time, the first one is announced alone; if it ranks behind the tail, so do the others, and they do not travel.
   */
  private async withoutFull(queue: string, hints: readonly Hint[]): Promise<readonly Hint[]> {
    if (hints.length < WORTH_ASKING) return hints;
    const heads = firstOfEachType(hints).filter(({ type }) => this.memory.isFull(queue, type));
    if (heads.length === 0) return hints;
    await this.announceChunk(queue, heads);
    return hints.filter(({ type }) => !this.memory.isFull(queue, type));
  }

  private async announceChunk(queue: string, hints: readonly Hint[]): Promise<void> {
    const { keys, windowSize } = this.parts;
    const byType = groupByType(hints);
    const values: (string | number)[] = [keys.wakeUp(queue), windowSize];
    for (const [type, ofType] of byType) {
      const ranked = idsByScore(ofType);
      values.push(type, ranked.length / 2, ...ranked);
    }
    const reply = await this.runTwiceIfForgotten('announce', queue, [...byType.keys()], values);
    this.memory.noteFull(queue, byType.keys(), new Set(textsOf(reply[1])));
  }

  private async withdrawChunk(queue: string, jobs: readonly HintKey[]): Promise<void> {
    const joined = new Map<string, string>();
    for (const { type, id } of jobs) joined.set(type, (joined.get(type) ?? '') + id);
    await this.run('withdraw', queue, [...joined.keys()], [...joined.values()]);
  }

  private async restoreChunk(
    queue: string,
    type: string,
    hints: readonly Hint[],
    whatFollows: string,
  ): Promise<number> {
    const { keys, windowSize } = this.parts;
    const values = [keys.wakeUp(queue), windowSize, type, whatFollows, ...idsByScore(hints)];
    const reply = await this.runTwiceIfForgotten('restore', queue, [type], values);
    return Number(reply[1]);
  }

  /** What the caller brings is good for any epoch: it goes in, and the rest of the queue is restored at the next take. */
  private async runTwiceIfForgotten(
    script: 'announce' | 'restore',
    queue: string,
    types: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown[]> {
    const first = await this.run(script, queue, types, [await this.epochOf(queue, types), ...values]);
    if (first[0] !== 'forgotten') return first;
    const second = await this.run(script, queue, types, [await this.adoptEpoch(queue), ...values]);
    if (second[0] !== 'forgotten') return second;
    throw this.parts.connection.failure(`the epoch of queue "${queue}" changes faster than it can be read`);
  }

  private async epochOf(queue: string, types: readonly string[]): Promise<string> {
    this.memory.noteTypes(queue, types);
    return this.memory.epochOf(queue) ?? (await this.adoptEpoch(queue));
  }

  /** Agrees with the other processes on the epoch. Another one than before, or a new one, is a loss of memory. */
  private async adoptEpoch(queue: string): Promise<string> {
    const before = this.memory.epochOf(queue);
    const reply = await this.run('adopt-epoch', queue, [...this.memory.typesOf(queue)], [randomUUID()]);
    const epoch = String(reply[0]);
    const isNew = Number(reply[1]) === 1;
    if (isNew || (before !== undefined && before !== epoch)) this.memory.noteForgotten(queue);
    this.memory.noteEpoch(queue, epoch);
    return epoch;
  }

  private async run(
    script: ScriptName,
    queue: string,
    types: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown[]> {
    const reply = await this.scripts.run(script, this.parts.keys.forScript(queue, types), values);
    return Array.isArray(reply) ? reply : [reply];
  }
}

function groupByType(hints: readonly Hint[]): Map<string, Hint[]> {
  const byType = new Map<string, Hint[]>();
  for (const hint of hints) {
    const sameType = byType.get(hint.type);
    if (sameType === undefined) byType.set(hint.type, [hint]);
    else sameType.push(hint);
  }
  return byType;
}

/** Of each type the hint that ranks before the others. */
function firstOfEachType(hints: readonly Hint[]): Hint[] {
  const firsts = new Map<string, Hint>();
  for (const hint of hints) {
    const first = firsts.get(hint.type);
    if (first === undefined || byClaimOrder(hint, first) < 0) firsts.set(hint.type, hint);
  }
  return [...firsts.values()];
}

/** Each score with the ids that have it, joined. The lowest score is taken first, so the priority is negated. */
function idsByScore(hints: readonly Hint[]): (string | number)[] {
  const joined = new Map<number, string>();
  for (const { priority, id } of hints) joined.set(-priority, (joined.get(-priority) ?? '') + id);
  return [...joined].flat();
}

/** A member of a ready set: score and id. */
function memberOf({ priority, id }: LinePlace): [score: number, id: string] {
  return [-priority, id];
}

/** A room may be without bound; Redis knows no such number. */
function wholeRoom(room: Room, limit: number): number {
  return Math.max(0, Math.floor(Math.min(room.size, limit)));
}

/**
 * Anybody may have written into Redis. A forged id costs a wasted claim, but text that is no id at all would fail
 * the claim of all its neighbours. When nothing else came, the ledger is asked, so that rubbish hides no job.
 */
function usableHints(texts: readonly string[], lowTypes: readonly string[], left: number): Taken {
  const ids = texts.filter((text) => isJobId(text));
  if (ids.length === 0 && texts.length > 0) return { kind: 'look' };
  return { kind: 'hints', ids, lowTypes, left };
}

function textsOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

function chunksOf<Item>(hints: readonly Item[]): (readonly Item[])[] {
  const chunks: (readonly Item[])[] = [];
  for (let start = 0; start < hints.length; start += CHUNK_SIZE)
    chunks.push(hints.slice(start, start + CHUNK_SIZE));
  return chunks;
}
