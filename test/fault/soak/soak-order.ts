import { parseArgs } from 'node:util';
import { chooseSeed } from '../../support/fault/seeded-random.js';
import type { StormOrder } from '../../support/fault/storm.js';

/** What a soak is asked for. */
export interface SoakOrder {
  readonly kills: number;
  readonly jobs: number;
  readonly seed: number;
  /** No storm is begun after this time. */
  readonly minutes: number;
  /** Where the report goes. */
  readonly folder: string;
}

export const USAGE = `npm run test:soak -- [--kills N] [--jobs N] [--seed N] [--minutes N] [--report FOLDER]

Kills workers over jobs, storm after storm, and writes a report as Markdown and JSON.

  --kills N        SIGKILLs in all (default 1000)
  --jobs N         jobs in all, at least (default 100000)
  --seed N         the seed of the first storm; each further one has the next number (default: KYU_SEED, else random)
  --minutes N      begin no further storm after so many minutes (default: no limit)
  --report FOLDER  where soak-report.md and soak-report.json go (default .kyu/soak)

Ends with 0 when every promise was kept, with 1 when one was not, with 2 when it was asked for something impossible.
`;

/** One storm is as large as the one that every change of Kyu must survive, so that each can be replayed alone. */
const MOST_KILLS = 50;
const MOST_JOBS = 5_000;

/** @throws TypeError for what cannot be read; its message says what and why */
export function readSoakOrder(given: readonly string[]): SoakOrder | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...given],
    strict: true,
    options: {
      kills: text,
      jobs: text,
      seed: text,
      minutes: text,
      report: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  return {
    kills: numberOf('kills', values.kills, 1_000),
    jobs: numberOf('jobs', values.jobs, 100_000),
    seed: values.seed === undefined ? chooseSeed() : numberOf('seed', values.seed, 0),
    minutes: numberOf('minutes', values.minutes, Number.POSITIVE_INFINITY),
    folder: values.report ?? '.kyu/soak',
  };
}

/** The storms that together make the soak, equally large but for the rests. */
export function planStorms({ jobs, kills, seed }: SoakOrder): StormOrder[] {
  const count = Math.max(1, Math.ceil(kills / MOST_KILLS), Math.ceil(jobs / MOST_JOBS));
  return Array.from({ length: count }, (_, index) => ({
    seed: seed + index,
    kills: share(kills, count, index),
    jobs: share(jobs, count, index),
  }));
}

function share(total: number, count: number, index: number): number {
  return Math.floor(((index + 1) * total) / count) - Math.floor((index * total) / count);
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number) || number < 0)
    throw new TypeError(`--${name} is "${text}"; allowed: a whole number from 0 on.`);
  return number;
}
