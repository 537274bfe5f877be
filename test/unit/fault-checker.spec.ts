import { describe, expect, it } from 'vitest';
import { check } from '../support/fault/checker.js';
import { PlantedHistory, soundHistory } from '../support/fault/planted-history.js';
import { SeededRandom } from '../support/fault/seeded-random.js';

/** The rules that a history breaks, and the jobs that break them. */
function broken(planted: PlantedHistory): string[] {
  return check(planted.history).findings.map(({ job, rule }) => `${rule}: ${job}`);
}

/** A job that process 1 began and did not end, because it was killed at 100; process 2 completed it. */
function rescuedHistory(): PlantedHistory {
  return new PlantedHistory()
    .enqueued('rescued')
    .started('rescued', 1, 1, 50)
    .killed(1, 100)
    .exited(1, 103)
    .attempt('rescued', 1, 'crashed', 1)
    .started('rescued', 2, 2, 4_100)
    .returned('rescued', 2, 2, 4_200)
    .attempt('rescued', 2, 'completed', 2)
    .row('rescued', { run: 2, retryCount: 1, crashCount: 0 });
}

describe('the checker of the fault laboratory', () => {
  it('finds nothing in sound histories', () => {
    expect(broken(soundHistory())).toEqual([]);
    expect(broken(rescuedHistory())).toEqual([]);
  });

  it('counts what happened', () => {
    const { counts } = check(rescuedHistory().history);
    expect(counts).toEqual({
      enqueued: 1,
      jobs: 1,
      completed: 1,
      dead: 0,
      runs: 2,
      kills: 1,
      crashedRuns: 1,
    });
  });

  describe('lost jobs', () => {
    it('finds an acknowledged job that the ledger does not have', () => {
      expect(broken(soundHistory().enqueued('gone'))).toEqual(['lost-job: gone']);
    });

    it.each(['pending', 'scheduled', 'failed', 'running'])(
      'finds a job that is %s after the drain',
      (status) => {
        const planted = soundHistory().enqueued('stuck').row('stuck', { status, run: 0 });
        expect(broken(planted)).toEqual(['lost-job: stuck']);
      },
    );

    it('finds a completed job that no handler has run to its end', () => {
      const planted = soundHistory()
        .enqueued('claimed')
        .attempt('claimed', 1, 'released', 1)
        .row('claimed', {});
      expect(broken(planted)).toEqual(['lost-job: claimed']);
    });

    it('finds a job whose completed run is not the one whose handler returned', () => {
      const planted = new PlantedHistory()
        .enqueued('stale')
        .started('stale', 1, 1, 10)
        .returned('stale', 1, 1, 20)
        .attempt('stale', 1, 'released', 1)
        .started('stale', 2, 2, 30)
        .threw('stale', 2, 2, 40)
        .attempt('stale', 2, 'completed', 2)
        .row('stale', { run: 2 });
      expect(broken(planted)).toEqual(['lost-job: stale', 'wrong-settlement: stale']);
    });

    it('lets a job be that exists though its enqueue was never acknowledged', () => {
      const planted = soundHistory()
        .started('unknown', 1, 1, 10)
        .returned('unknown', 1, 1, 20)
        .attempt('unknown', 1, 'completed', 1)
        .row('unknown', {});
      expect(broken(planted)).toEqual([]);
    });
  });

  describe('starts', () => {
    it('finds a run that two processes started', () => {
      const planted = soundHistory().started('sound', 1, 2, 30).returned('sound', 1, 2, 40);
      expect(broken(planted)).toEqual(['duplicate-start: sound']);
    });

    it('finds a run number that went back', () => {
      const planted = new PlantedHistory()
        .enqueued('back')
        .started('back', 2, 2, 10)
        .threw('back', 2, 2, 20)
        .attempt('back', 2, 'released', 2)
        .started('back', 1, 1, 30)
        .returned('back', 1, 1, 40)
        .attempt('back', 1, 'released', 1)
        .row('back', { status: 'cancelled', run: 2 });
      expect(broken(planted)).toEqual(['run-went-back: back']);
    });
  });

  describe('overlaps', () => {
    it('finds two runs of one job that execute at once', () => {
      const planted = rescuedHistory().returned('rescued', 1, 1, 4_150);
      expect(broken(planted)).toEqual(['overlap: rescued']);
    });

    it('takes the kill for the end of a run that did not end by itself', () => {
      const late = new PlantedHistory()
        .enqueued('late')
        .started('late', 1, 1, 50)
        .killed(1, 4_150)
        .attempt('late', 1, 'crashed', 1)
        .started('late', 2, 2, 4_100)
        .returned('late', 2, 2, 4_200)
        .attempt('late', 2, 'completed', 2)
        .row('late', { run: 2, retryCount: 1 });
      expect(broken(late)).toEqual(['overlap: late']);
    });

    it('finds a run that never ended beside a later one', () => {
      const planted = soundHistory().started('endless', 1, 1, 10).enqueued('endless');
      planted.attempt('endless', 1, 'released', 1).started('endless', 2, 2, 30).returned('endless', 2, 2, 40);
      planted.attempt('endless', 2, 'completed', 2).row('endless', { run: 2 });
      expect(broken(planted)).toEqual(['overlap: endless']);
    });

    it('does not count the time in which a process was frozen', () => {
      const frozen = (thawedAt: number) =>
        new PlantedHistory()
          .enqueued('frozen')
          .started('frozen', 1, 1, 50)
          .frozen(1, 100, thawedAt)
          .threw('frozen', 1, 1, 5_000)
          .attempt('frozen', 1, 'crashed', 1)
          .started('frozen', 2, 2, 4_100)
          .returned('frozen', 2, 2, 4_400)
          .attempt('frozen', 2, 'completed', 2)
          .row('frozen', { run: 2, retryCount: 1 });
      expect(broken(frozen(4_900))).toEqual([]);
      expect(broken(frozen(4_150))).toEqual(['overlap: frozen']);
    });
  });

  describe('settlements', () => {
    it('finds a run that another process settled', () => {
      const planted = new PlantedHistory()
        .enqueued('foreign')
        .started('foreign', 1, 1, 10)
        .returned('foreign', 1, 1, 20)
        .attempt('foreign', 1, 'completed', 2)
        .row('foreign', {});
      expect(broken(planted)).toEqual(['wrong-settlement: foreign']);
    });

    it('finds a settled run that nobody started', () => {
      const planted = soundHistory().enqueued('ghost').attempt('ghost', 1, 'failed', 1);
      planted.row('ghost', { status: 'cancelled', retryCount: 1 });
      expect(broken(planted)).toEqual(['wrong-settlement: ghost']);
    });

    it('finds a failure of a handler that did not fail', () => {
      const planted = new PlantedHistory()
        .enqueued('fine')
        .started('fine', 1, 1, 10)
        .returned('fine', 1, 1, 20)
        .attempt('fine', 1, 'failed', 1)
        .row('fine', { status: 'dead', maxRetries: 0 });
      expect(broken(planted)).toEqual(['wrong-settlement: fine']);
    });

    it('finds a second completion, and a start after the first', () => {
      const twice = soundHistory().started('sound', 2, 2, 30).returned('sound', 2, 2, 40);
      expect(broken(twice)).toEqual(['wrong-settlement: sound']);
      // Once for the second completion, and once because its rows are more than its runs.
      const expected = ['wrong-settlement: sound', 'wrong-settlement: sound'];
      expect(broken(twice.attempt('sound', 2, 'completed', 2))).toEqual(expected);
    });

    it('finds a completed job that rose again', () => {
      const planted = new PlantedHistory()
        .enqueued('risen')
        .started('risen', 1, 1, 10)
        .returned('risen', 1, 1, 20)
        .attempt('risen', 1, 'completed', 1)
        .row('risen', { status: 'cancelled' });
      expect(broken(planted)).toEqual(['wrong-settlement: risen']);
    });

    it('finds a run that left no row', () => {
      const planted = new PlantedHistory()
        .enqueued('silent')
        .started('silent', 2, 2, 30)
        .returned('silent', 2, 2, 40)
        .attempt('silent', 2, 'completed', 2)
        .row('silent', { run: 2 });
      expect(broken(planted)).toEqual(['wrong-settlement: silent']);
    });

    it.each([0, 2])('finds that one crash was charged as %i', (retryCount) => {
      const planted = rescuedHistory();
      const { history } = planted;
      const jobs = history.jobs.map((job) => ({ ...job, retryCount }));
      const findings = check({ ...history, jobs }).findings.map(({ rule }) => rule);
      expect(findings).toEqual(['wrong-charge']);
    });
  });

  describe('deaths', () => {
    const dead = (outcomes: readonly string[], row: { maxRetries: number; crashCount?: number }) => {
      const planted = new PlantedHistory().enqueued('dead');
      for (const [index, outcome] of outcomes.entries()) {
        const [run, at] = [index + 1, 100 * index];
        planted.started('dead', run, run, at).attempt('dead', run, outcome, run);
        if (outcome === 'crashed') planted.killed(run, at + 10);
        else planted.threw('dead', run, run, at + 10);
      }
      const charged = outcomes.filter((outcome) => outcome !== 'discarded').length;
      const retryCount = Math.min(row.maxRetries, charged);
      return planted.row('dead', { status: 'dead', run: outcomes.length, retryCount, ...row });
    };

    it('accepts attempts that are used up, three crashes, and a discard', () => {
      expect(broken(dead(['failed', 'failed', 'failed'], { maxRetries: 2 }))).toEqual([]);
      expect(
        broken(dead(['crashed', 'failed', 'crashed', 'crashed'], { maxRetries: 9, crashCount: 3 })),
      ).toEqual([]);
      expect(broken(dead(['failed', 'discarded'], { maxRetries: 5 }))).toEqual([]);
    });

    it('names the reasons', () => {
      const { deaths } = check(
        dead(['crashed', 'crashed', 'crashed'], { maxRetries: 9, crashCount: 3 }).history,
      );
      expect(deaths).toEqual({ '3 processes died while they ran it': 1 });
    });

    it('finds a job that died with attempts left', () => {
      expect(broken(dead(['failed', 'failed'], { maxRetries: 2 }))).toEqual(['unexplained-death: dead']);
      expect(broken(dead(['crashed', 'crashed'], { maxRetries: 9, crashCount: 2 }))).toEqual([
        'unexplained-death: dead',
      ]);
    });

    it('finds a living worker that was taken for dead', () => {
      const planted = new PlantedHistory()
        .enqueued('robbed')
        .started('robbed', 1, 1, 10)
        .threw('robbed', 1, 1, 20)
        .attempt('robbed', 1, 'crashed', 1)
        .started('robbed', 2, 2, 30)
        .returned('robbed', 2, 2, 40)
        .attempt('robbed', 2, 'completed', 2)
        .row('robbed', { run: 2, retryCount: 1 });
      expect(broken(planted)).toEqual(['false-rescue: robbed']);
      expect(broken(planted.frozen(1, 21, 25))).toEqual([]);
    });
  });

  describe('recovery', () => {
    it('measures from the kill to the next start, also for jobs that were only claimed', () => {
      const planted = rescuedHistory()
        .enqueued('waiting')
        .attempt('waiting', 1, 'crashed', 1)
        .started('waiting', 2, 2, 5_100)
        .returned('waiting', 2, 2, 5_200)
        .attempt('waiting', 2, 'completed', 2)
        .row('waiting', { run: 2, retryCount: 1 });
      const { findings, recovery } = check(planted.history);
      expect(findings).toEqual([]);
      expect(recovery).toEqual({ count: 2, p50: 4_000, p99: 5_000, max: 5_000 });
    });

    it('measures from the second kill where the job was claimed elsewhere, and that process was killed before it ran', () => {
      const planted = rescuedHistory()
        .enqueued('unlucky')
        .attempt('unlucky', 1, 'crashed', 1)
        .attempt('unlucky', 2, 'crashed', 3)
        .killed(3, 6_000)
        .started('unlucky', 3, 2, 9_000)
        .returned('unlucky', 3, 2, 9_100)
        .attempt('unlucky', 3, 'completed', 2)
        .row('unlucky', { run: 3, retryCount: 2 });
      const { findings, recovery } = check(planted.history);
      expect(findings).toEqual([]);
      expect(recovery).toEqual({ count: 2, p50: 3_000, p99: 4_000, max: 4_000 });
    });
  });
});

describe('seeded chance', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((number) => number >= 0 && number < 1)).toBe(true);
  });
});
