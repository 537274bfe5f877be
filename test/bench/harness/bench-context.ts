import type { ContestantSetting } from '../child/contestant.js';
import type { BenchStores, Place } from '../stores/bench-stores.js';
import { CONCURRENCY, type ContestantEntry } from './catalogue.js';
import { ContestantProcess, type ProcessOptions } from './contestant-process.js';
import type { Scale } from './scale.js';

/** What benchmarks are made with. */
export interface BenchContext {
  readonly scale: Scale;
  readonly stores: BenchStores;
  /** The program of Node for the contestants' processes; `undefined` = they need none, see `ProcessOptions`. */
  readonly node: string | undefined;
  readonly withPeers: boolean;
  /** Where profiles are written. */
  readonly profileFolder: string;
  readonly say: (line: string) => void;
}

/** No stage of any benchmark takes so long, unless something hangs. */
const STAGE_TIMEOUT_MS = 300_000;

/** The setting of a contestant at a place. */
export function settingOf(
  entry: Pick<ContestantEntry, 'module' | 'options'>,
  place: Place,
  more: Partial<ContestantSetting> = {},
): ContestantSetting {
  const { module, options } = entry;
  return { module, options, ...place, role: 'worker', concurrency: CONCURRENCY, ...more };
}

/** Starts a process for the time of some work; it is gone afterwards, however the work ended. */
export async function withProcess<Result>(
  context: BenchContext,
  work: (child: ContestantProcess) => Promise<Result>,
  options: Partial<ProcessOptions> = {},
): Promise<Result> {
  const child = new ContestantProcess({ node: context.node, stageTimeoutMs: STAGE_TIMEOUT_MS, ...options });
  try {
    return await work(child);
  } finally {
    await child.end();
  }
}

/** The same with an open contestant, which is closed in good order when the work went well. */
export async function withContestant<Result>(
  context: BenchContext,
  setting: ContestantSetting,
  work: (child: ContestantProcess) => Promise<Result>,
  options: Partial<ProcessOptions> & { readonly firstNumber?: number } = {},
): Promise<Result> {
  return withProcess(
    context,
    async (child) => {
      await child.open(setting, options.firstNumber);
      const result = await work(child);
      await child.close();
      return result;
    },
    options,
  );
}
