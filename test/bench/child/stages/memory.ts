import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MemoryAnswer } from '../answers.js';

/** How the garbage is collected before memory is read. */
export interface MemoryInput {
  /** After each collection: it leaves work to the background. */
  readonly pauseMs: number;
}

/** A garbage collection leaves work for later; the next finds what the last set free. */
const COLLECTIONS = 3;

/** What this process uses, once its garbage is gone. */
export async function readMemory({ pauseMs }: MemoryInput): Promise<MemoryAnswer> {
  const collect = collector();
  for (let round = 0; round < COLLECTIONS; round += 1) {
    collect();
    await delay(pauseMs);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heapUsed, external };
}

/** The function that `--expose-gc` gives, without that flag: contexts made after this line have it. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
