import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess, type TestProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { paced } from '../support/fair-trial.js';
import { recordFigure, recordSeconds } from '../support/fault/figures.js';
import { TestLedger } from '../support/test-ledger.js';

const SCHEDULES = ['a', 'b', 'c', 'd', 'e'];
/** How wrong the clock of each process is. */
const SKEWS_MS = [600_000, -600_000, 0, 0, 0, 0, 0, 0, 0, 0];
const LONGEST_START_MS = 90_000;
const TICKS_BEFORE_THE_KILL = 2;
const TICKS = 5;
const LONGEST_LATENESS_MS = 1_500;

interface FiredRow {
  readonly schedule: string;
  readonly tick: Date;
  readonly jobs: number;
  readonly lateness_ms: number;
}

describe('ten processes that fire the same schedules', () => {
  let ledger: TestLedger;

  beforeEach(async () => {
    ledger = await TestLedger.open('racing');
  });

  afterEach(() => ledger.close());

  it('F50 write one job per schedule and tick, one process killed and two with wrong clocks', async () => {
    const { logger: _, ...options } = ledger.options({
      schedules: SCHEDULES.map((name) => ({ name, cron: '* * * * * *', type: 'tick' })),
      pool: { maxOpen: 3 },
    });
    const processes = await Promise.all(SKEWS_MS.map((skewMs) => start(options, skewMs)));
    await Promise.all(processes.map((one) => one.says('ready', LONGEST_START_MS)));
    const allThere = await databaseNow();

    await ticksSince(allThere, TICKS_BEFORE_THE_KILL);
    // Whoever is at it: what it has just taken must not be lost, nor be done twice.
    const said = processes.map(({ lines }) => lines.length);
    const victim = await eventually(
      () => {
        const index = processes.findIndex(({ lines }, at) => lines.slice(said[at]).includes('fired'));
        if (index < 0) throw new Error('nobody fires');
        return processes[index]!; // it was found above
      },
      { withinMs: 20_000 },
    );
    victim.kill('SIGKILL');
    expect(await victim.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await ticksSince(await databaseNow(), TICKS);

    const fired = await firedTicks();
    const duplicates = fired.reduce((sum, { jobs }) => sum + jobs - 1, 0);
    recordFigure('cron_duplicates', duplicates);
    expect(duplicates).toBe(0);
    for (const name of SCHEDULES) {
      const own = fired.filter(({ schedule }) => schedule === name);
      const gapsMs = own.slice(1).map(({ tick }, index) => Number(tick) - Number(own[index]?.tick));
      expect(gapsMs).toEqual(gapsMs.map(() => 1_000));
    }
    // While the fleet starts, the machine belongs to the compiler of its code.
    const counted = fired.filter(({ tick }) => tick > allThere);
    const lateness = counted.map((row) => row.lateness_ms).sort((left, right) => left - right);
    const p50 = lateness[Math.floor(lateness.length / 2)];
    const p99 = lateness[Math.ceil(lateness.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
    console.log(
      `Schedules: ${counted.length} ticks, lateness p50 ${p50} ms, p99 ${p99} ms, most ${lateness.at(-1)} ms.`,
    );
    recordSeconds('cron_lateness_p99_s', p99);
    expect(counted.length).toBeGreaterThanOrEqual(SCHEDULES.length * (TICKS + TICKS_BEFORE_THE_KILL));
    expect(lateness[0]).toBeGreaterThanOrEqual(0);
    expect(p99).toBeLessThanOrEqual(paced(LONGEST_LATENESS_MS));
    const clocks = await Promise.all(processes.map((one) => one.says('ready at ')));
    const skews = clocks.map((line) => Date.parse(line.slice('ready at '.length)) - Number(allThere));
    expect(skews.map((skewMs) => Math.round(skewMs / 60_000) + 0)).toEqual(
      SKEWS_MS.map((skewMs) => skewMs / 60_000),
    );
  });

  function start(kyu: object, skewMs: number): Promise<TestProcess> {
    return startProcess('racing-schedules', { kyu }, { SKEW_MS: String(skewMs) });
  }

  /** Waits until each schedule has fired so many ticks after an instant. */
  async function ticksSince(instant: Date, count: number): Promise<void> {
    await eventually(
      async () => {
        const fired = (await firedTicks()).filter(({ tick }) => tick > instant);
        for (const name of SCHEDULES) {
          expect(fired.filter(({ schedule }) => schedule === name).length).toBeGreaterThanOrEqual(count);
        }
      },
      { withinMs: 30_000 },
    );
  }

  /** A job knows its tick: without jitter it is planned for it. */
  function firedTicks(): Promise<FiredRow[]> {
    return ledger.sql<FiredRow>(
      `select substr(tags[1], 10) as schedule, scheduled_at as tick, count(*)::int as jobs,
         round(extract(epoch from max(created_at) - scheduled_at) * 1000)::int as lateness_ms
       from kyu_jobs group by 1, 2 order by 2, 1`,
    );
  }

  async function databaseNow(): Promise<Date> {
    const [row] = await ledger.sql<{ now: Date }>('select now() as now');
    if (row === undefined) throw new Error('select now() answered nothing');
    return row.now;
  }
});
