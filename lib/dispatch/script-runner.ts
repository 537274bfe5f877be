import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisConnection } from './redis-connection.js';

interface Script {
  readonly source: string;
  readonly hash: string;
}

const SCRIPTS = {
  announce: load('announce'),
  take: load('take'),
  restore: load('restore'),
  withdraw: load('withdraw'),
  'withdraw-up-to': load('withdraw-up-to'),
  'adopt-epoch': load('adopt-epoch'),
} as const satisfies Record<string, Script>;

/** The scripts, by the name of their file in `scripts/`. */
export type ScriptName = keyof typeof SCRIPTS;

function load(name: string): Script {
  const source = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
  return { source, hash: createHash('sha1').update(source).digest('hex') };
}

/** Runs the scripts of this folder over one connection. */
export class ScriptRunner {
  constructor(private readonly connection: RedisConnection) {}

  /**
   * Sends the hash alone; a Redis that does not know it (restarted, flushed, failed over) gets the source once.
   * @throws RedisUnavailableError
   */
  async run(
    name: ScriptName,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    const { hash, source } = SCRIPTS[name];
    const rest = [...keys, ...values.map(String)];
    return this.connection.ask(async (client) => {
      try {
        return await client.evalsha(hash, keys.length, ...rest);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        return await client.eval(source, keys.length, ...rest);
      }
    });
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
