import { endedOf, type JobCounts } from './ledger-figures.js';
import { count, seconds } from './readable.js';
import type { LedgerReader } from './ledger-reader.js';
import type { Screen } from './screen.js';
import { pause } from './wait-until.js';

export interface ProgressOptions {
  ledger: LedgerReader;
  screen: Screen;
  /** As far as it is known now: it grows while orders come in. */
  expectedJobs: () => number;
  /** More jobs may still be enqueued. */
  isMoreToCome: () => boolean;
  elapsedMs: () => number;
  signal: AbortSignal;
}

const EVERY_MS = 250;
/** Longer than anything in the shop waits by itself. */
const STANDSTILL_MS = 120_000;
const BAR_WIDTH = 20;

/**
 * Shows how the jobs stand until all of them have come to an end.
 * @throws Error when nothing moves any more
 */
export async function followJobs(options: ProgressOptions): Promise<void> {
  const { elapsedMs, expectedJobs, isMoreToCome, ledger, screen, signal } = options;
  let last = { text: '', atMs: elapsedMs() };
  for (;;) {
    // Asked before the ledger is: what comes in between the two is not overlooked.
    const moreToCome = isMoreToCome();
    const counts = await ledger.counts();
    const text = describe(counts, expectedJobs());
    screen.progress(`${text} · ${seconds(elapsedMs())}`);
    if (!moreToCome && endedOf(counts) === counts.enqueued) return;
    if (text !== last.text) last = { text, atMs: elapsedMs() };
    if (elapsedMs() - last.atMs > STANDSTILL_MS) {
      throw new Error(`Nothing has moved for ${STANDSTILL_MS / 1_000} s: ${text}`);
    }
    await pause(EVERY_MS, signal);
  }
}

/** `[#####---------------]  25% 490 of 1,962 jobs ended · 20 running · 130 waiting` */
export function describe(counts: JobCounts, expectedJobs: number): string {
  const ended = endedOf(counts);
  const share = Math.min(1, ended / Math.max(1, expectedJobs));
  const rest = [
    [counts.running, 'running'],
    [counts.waiting, 'waiting'],
    [counts.scheduled, 'scheduled'],
    [counts.backingOff, 'to be retried'],
    [counts.dead, 'dead'],
  ] as const;
  const parts = rest.filter(([jobs]) => jobs > 0).map(([jobs, what]) => `${count(jobs)} ${what}`);
  const head = `${bar(share)} ${percent(share)} ${count(ended)} of ${count(expectedJobs)} jobs ended`;
  return [head, ...parts].join(' · ');
}

function bar(share: number): string {
  const done = Math.floor(share * BAR_WIDTH);
  return `[${'#'.repeat(done)}${'-'.repeat(BAR_WIDTH - done)}]`;
}

/** Never 100 before the end. */
function percent(share: number): string {
  return `${String(Math.floor(share * 100)).padStart(3)}%`;
}
