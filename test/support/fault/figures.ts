import { appendFileSync } from 'node:fs';

/** How figures of one name come together: counts add up, of the others the worst stands. */
export type Gathering = 'sum' | 'highest' | 'lowest';

/** The figures of the laboratory, and how each is gathered over all specs of a run. */
const GATHERINGS = {
  kills: 'sum',
  jobs: 'sum',
  runs: 'sum',
  crashed_runs: 'sum',
  lost: 'sum',
  overlaps: 'sum',
  stale_settles: 'sum',
  false_rescues: 'sum',
  kill_recovery_p50_s: 'highest',
  kill_recovery_p99_s: 'highest',
  fast_kill_recovery_p99_s: 'highest',
  redis_down_next_start_p99_s: 'highest',
  redis_down_throughput_share: 'lowest',
  redis_back_used_s: 'highest',
  flush_extra_wait_s: 'highest',
  pg_restart_resume_s: 'highest',
  sigterm_leftovers_claimable_s: 'highest',
  poison_process_deaths: 'highest',
  innocents_quarantined: 'sum',
  cron_duplicates: 'sum',
  cron_lateness_p99_s: 'highest',
  cancel_signal_s: 'highest',
  half_open_heartbeat_s: 'highest',
  half_open_engine_s: 'highest',
  half_open_redis_s: 'highest',
  held_transaction_claim_p99_ratio: 'highest',
  heap_slope_mb_per_100k_jobs: 'highest',
  sigterm_stops_taking_s: 'highest',
  must_fail_variants: 'sum',
  must_fail_variants_caught: 'sum',
} as const satisfies Readonly<Record<string, Gathering>>;

/** The name of a figure. */
export type FigureName = keyof typeof GATHERINGS;

/** Of the trial that is under way. */
let measured: string[] = [];

/** Writes a figure down for `npm run test:fault -- --json FILE`, which gathers those of all processes. */
export function recordFigure(name: FigureName, value: number): void {
  measured.push(`${JSON.stringify({ name, value, gathering: GATHERINGS[name] })}\n`);
}

/** What was measured stands. Without a file that asks for it, it goes nowhere. */
export function keepFigures(): void {
  const file = process.env['KYU_FIGURES'];
  if (file !== undefined && measured.length > 0) appendFileSync(file, measured.join(''));
  forgetFigures();
}

export function forgetFigures(): void {
  measured = [];
}

/** The same for a time in ms, in seconds with three places. */
export function recordSeconds(name: FigureName, ms: number): void {
  recordFigure(name, Math.round(ms) / 1_000);
}
