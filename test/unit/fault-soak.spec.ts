import { describe, expect, it } from 'vitest';
import { storyOf } from '../fault/soak/job-story.js';
import { planStorms, readSoakOrder, type SoakOrder } from '../fault/soak/soak-order.js';
import { composeReport, toMarkdown } from '../fault/soak/soak-report.js';
import { failedStorm, summaryOf } from '../fault/soak/storm-summary.js';
import { check } from '../support/fault/checker.js';
import { soundTrail, type PlantedHistory } from '../support/fault/planted-history.js';
import { waitsForRuns } from '../support/fault/rules/liveness.js';
import { runsByJob } from '../support/fault/runs.js';

const ORDER: SoakOrder = { kills: 60, jobs: 6_000, seed: 42, minutes: 5, folder: '.kyu/soak' };
const DEEDS = {
  kill: 2,
  'kill-producer': 1,
  'freeze-briefly': 1,
  'freeze-long': 1,
  restart: 1,
  flush: 1,
  'wrong-clock': 1,
};

function summarise(planted: PlantedHistory) {
  const { history } = planted;
  return summaryOf({
    order: { seed: 42, kills: 30, jobs: 3_000 },
    report: check(history),
    deeds: DEEDS,
    recoveries: new Map([[5_000, [5_100, 5_900]]]),
    waits: waitsForRuns(history, runsByJob(history)).map(({ ms }) => ms),
    history,
    tookMs: 9_000,
  });
}

function report(...storms: Parameters<typeof composeReport>[1]) {
  const versions = { Kyu: '0.0.0', PostgreSQL: '15' };
  return composeReport({ order: ORDER, begunAt: new Date(0), tookMs: 60_000, versions }, storms);
}

describe('the soak', () => {
  it('is a thousand kills over a hundred thousand jobs unless it is told otherwise', () => {
    expect(readSoakOrder(['--seed', '7'])).toEqual({
      kills: 1_000,
      jobs: 100_000,
      seed: 7,
      minutes: Number.POSITIVE_INFINITY,
      folder: '.kyu/soak',
    });
    const given = ['--kills', '60', '--jobs', '6000', '--seed', '42', '--minutes', '5'];
    expect(readSoakOrder(given)).toEqual(ORDER);
    expect(readSoakOrder(['--help'])).toBe('help');
  });

  it.each([
    [['--kills', 'many'], '--kills is "many"'],
    [['--jobs', '-1'], '--jobs'],
    [['--seed', '1.5'], '--seed is "1.5"'],
    [['--minutes', ''], '--minutes is ""'],
    [['--forever'], '--forever'],
  ])('refuses %j', (given, words) => {
    expect(() => readSoakOrder(given)).toThrow(words);
  });

  it('consists of storms that can be replayed alone', () => {
    expect(planStorms(ORDER)).toEqual([
      { seed: 42, kills: 30, jobs: 3_000 },
      { seed: 43, kills: 30, jobs: 3_000 },
    ]);
    const long = planStorms({ ...ORDER, kills: 1_000, jobs: 100_000 });
    expect(long).toHaveLength(20);
    expect(long.every(({ jobs, kills }) => kills === 50 && jobs === 5_000)).toBe(true);
    expect(planStorms({ ...ORDER, kills: 7, jobs: 10 })).toEqual([{ seed: 42, kills: 7, jobs: 10 }]);
  });

  it('reports figures, percentiles and what was done', () => {
    const whole = report(summarise(soundTrail()), summarise(soundTrail()));
    expect(whole.figures).toMatchObject({ jobs: 2, lost: 0, violations: 0, fast_kill_recovery_p99_s: 5.9 });
    expect(whole.deeds).toMatchObject({ kill: 4, flush: 2 });
    expect(whole.isWhole).toBe(false);
    const text = toMarkdown(whole);
    expect(text).toContain('Every promise was kept.');
    expect(text).toContain('60 kills and 6000 jobs were asked for');
    expect(text).toContain('| 42 | 30 kills, 3000 jobs | 0 | 1 | 0 | 9 | 0 |');
  });

  it('tells a violation with everything that is known of its job', () => {
    const planted = soundTrail().stepped('sound', 40, ['completed', 1]).killed(1, 50);
    const { figures, ...rest } = report(summarise(planted));
    expect(figures).toMatchObject({ stale_settles: 1, violations: 1 });
    const text = toMarkdown({ figures, ...rest });
    expect(text).toContain('## Violation: stale-settle');
    expect(text).toContain('0.035 s  ledger: completed, run 1 → completed, run 1');
    expect(text).toContain('SIGKILL to process 1');
  });

  it('counts a storm that did not come to its end', () => {
    const storm = failedStorm({ seed: 1, kills: 1, jobs: 1 }, new Error('no prey'), 'worker 7: ouch');
    const text = toMarkdown(report(storm));
    expect(text).toContain('**1 violations**');
    expect(text).toContain('no prey');
    expect(text).toContain('worker 7: ouch');
  });

  it('tells the story of one job only', () => {
    const planted = soundTrail().started('other', 1, 2, 12);
    expect(storyOf('sound', planted.history).some((line) => line.includes('process 2'))).toBe(false);
    expect(storyOf('sound', planted.history)).toContain('   0.005 s  process 1 started run 1');
  });
});
