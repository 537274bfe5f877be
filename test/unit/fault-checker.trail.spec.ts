import { describe, expect, it } from 'vitest';
import { check } from '../support/fault/checker.js';
import { PlantedHistory, soundHistory, soundTrail } from '../support/fault/planted-history.js';
import type { LivenessPromise } from '../support/fault/rules/liveness.js';

/** The rules that a history breaks, and the jobs that break them. */
function broken(planted: PlantedHistory, promise?: LivenessPromise): string[] {
  return check(planted.history, promise).findings.map(({ job, rule }) => `${rule}: ${job}`);
}

/** A job that was pending and claimed by process 1, which began it. */
function begunTrail(): PlantedHistory {
  return new PlantedHistory()
    .enqueued('begun')
    .workedBy(1, 2)
    .started('begun', 1, 1, 10)
    .stepped('begun', 4, ['pending', 0])
    .stepped('begun', 8, ['running', 1, 1]);
}

type PlantedStart = Parameters<PlantedHistory['stepped']>[2];

/** A job whose trail begins like this, and that nobody runs. */
function begun(start: PlantedStart): PlantedHistory {
  return new PlantedHistory().enqueued('begun').workedBy(1, 2).stepped('begun', 4, start);
}

describe('the checker, about what the trigger in the ledger saw', () => {
  it('finds nothing in a sound trail', () => {
    expect(broken(soundTrail())).toEqual([]);
  });

  it('finds an id that two enqueues were given', () => {
    expect(broken(soundHistory().enqueued('sound'))).toEqual(['enqueued-twice: sound']);
  });

  describe('the chain of steps', () => {
    it('finds a step that begins where the last one did not end', () => {
      const planted = soundHistory()
        .stepped('sound', 4, ['pending', 0])
        .stepped('sound', 25, ['completed', 1], ['running', 1, 1])
        .workedBy();
      expect(broken(planted)).toEqual(['unclaimed-start: sound', 'broken-chain: sound']);
    });

    it('finds a row that is not what its trail ends with', () => {
      const planted = begunTrail()
        .returned('begun', 1, 1, 20)
        .attempt('begun', 1, 'completed', 1)
        .row('begun', {});
      expect(broken(planted)).toEqual(['broken-chain: begun']);
    });

    it('finds a row without a trail', () => {
      const planted = soundTrail().row('unseen', { status: 'cancelled', run: 0 });
      expect(broken(planted)).toEqual(['broken-chain: unseen']);
    });

    it('finds nothing in a job that was written as the first run of its worker', () => {
      const planted = soundHistory()
        .stepped('sound', 8, ['running', 1, 1])
        .stepped('sound', 25, ['completed', 1]);
      expect(broken(planted.workedBy(1))).toEqual([]);
    });

    it.each<[string, PlantedStart]>([
      ['without an owner', ['running', 1]],
      ['as another run than the first', ['running', 2, 1]],
      ['with an end', ['completed', 1]],
    ])('finds a job that began %s', (_, start) => {
      const planted = begun(start).stepped('begun', 16, ['cancelled', start[1]]);
      const findings = broken(planted.row('begun', { status: 'cancelled', run: start[1] }));
      expect(findings).toContain('illegal-transition: begun');
    });

    it('finds a claim of a job that runs', () => {
      const planted = begunTrail()
        .threw('begun', 1, 1, 12)
        .attempt('begun', 1, 'released', 1)
        .attempt('begun', 2, 'released', 2)
        .stepped('begun', 14, ['running', 2, 2])
        .stepped('begun', 16, ['cancelled', 2])
        .row('begun', { status: 'cancelled', run: 2 });
      expect(broken(planted)).toEqual(['illegal-transition: begun']);
    });

    it('finds a run number that goes down', () => {
      const planted = begunTrail()
        .threw('begun', 1, 1, 12)
        .stepped('begun', 14, ['failed', 0])
        .stepped('begun', 16, ['cancelled', 0])
        .row('begun', { status: 'cancelled', run: 0 });
      expect(broken(planted)).toEqual(['illegal-transition: begun']);
    });

    it('finds a settle that is written over the end of a job', () => {
      const planted = soundTrail().stepped('sound', 40, ['completed', 1]);
      expect(broken(planted)).toEqual(['stale-settle: sound']);
    });

    it('finds a settle that came before the handler had returned: it was about another run', () => {
      const planted = begunTrail()
        .returned('begun', 1, 1, 500)
        .attempt('begun', 1, 'completed', 1)
        .stepped('begun', 300, ['completed', 1])
        .row('begun', {});
      expect(broken(planted)).toEqual(['stale-settle: begun']);
    });
  });

  describe('claims', () => {
    it('finds a run that started though another process had claimed it', () => {
      const planted = soundHistory()
        .stepped('sound', 4, ['pending', 0])
        .stepped('sound', 8, ['running', 1, 2])
        .stepped('sound', 25, ['completed', 1])
        .workedBy(1, 2);
      expect(broken(planted)).toEqual(['unclaimed-start: sound']);
    });
  });

  describe('rescues', () => {
    const rescued = () =>
      begunTrail()
        .threw('begun', 1, 1, 9_000)
        .attempt('begun', 1, 'crashed', 1)
        .stepped('begun', 3_000, ['pending', 1])
        .stepped('begun', 9_500, ['cancelled', 1])
        .row('begun', { status: 'cancelled', retryCount: 0, maxRetries: 0, run: 1 });

    it('finds one before the process ended', () => {
      const trail = (planted: PlantedHistory) =>
        broken(planted).filter((one) => one.startsWith('false-rescue'));
      expect(trail(rescued().exited(1, 9_100))).toEqual(['false-rescue: begun']);
      expect(trail(rescued().exited(1, 2_900))).toEqual([]);
    });

    it('finds one of a process that was frozen long ago, or only later', () => {
      const trail = (planted: PlantedHistory) =>
        broken(planted).filter((one) => one.startsWith('false-rescue'));
      expect(trail(rescued().frozen(1, -9_000, -4_000))).toEqual(['false-rescue: begun']);
      expect(trail(rescued().frozen(1, 4_000, 8_000))).toEqual(['false-rescue: begun']);
      expect(trail(rescued().frozen(1, 100, 5_000))).toEqual([]);
    });
  });

  describe('places', () => {
    const crowd = () =>
      soundHistory()
        .enqueued('second')
        .started('second', 1, 1, 15)
        .returned('second', 1, 1, 18)
        .attempt('second', 1, 'completed', 1)
        .row('second', {});

    it('finds a process that executes more runs than it has places', () => {
      expect(broken(crowd().withPlaces(1))).toEqual(['crowded-process: ']);
      expect(broken(crowd().withPlaces(2))).toEqual([]);
    });

    it('lets one run begin at the instant at which another one ends', () => {
      const planted = soundHistory()
        .enqueued('next')
        .started('next', 1, 1, 20)
        .returned('next', 1, 1, 22)
        .attempt('next', 1, 'completed', 1)
        .row('next', {});
      expect(broken(planted.withPlaces(1))).toEqual([]);
    });
  });

  describe('liveness', () => {
    it('measures from the acknowledged commit to the start', () => {
      expect(check(soundTrail().history).waits).toEqual({ count: 1, p50: 5, p99: 5, max: 5 });
    });

    it('finds a job that starts later than is promised, and a median that is higher', () => {
      expect(broken(soundTrail(), { allWithinMs: 4 })).toEqual(['late-start: sound']);
      expect(broken(soundTrail(), { halfWithinMs: 4 })).toEqual(['late-start: ']);
      expect(broken(soundTrail(), { allWithinMs: 5, halfWithinMs: 5 })).toEqual([]);
    });

    it('finds a job that has not started when it is judged', () => {
      const planted = soundTrail()
        .stepped('stuck', 50, ['pending', 0])
        .row('stuck', { status: 'pending', run: 0 });
      expect(broken(planted, { allWithinMs: 1_000 })).toEqual(['lost-job: stuck', 'late-start: stuck']);
    });
  });

  describe('overlaps just after a thaw', () => {
    const thawed = (endedAt: number) =>
      new PlantedHistory()
        .enqueued('frozen')
        .started('frozen', 1, 1, 50)
        .frozen(1, 100, 4_150)
        .threw('frozen', 1, 1, endedAt)
        .attempt('frozen', 1, 'crashed', 1)
        .started('frozen', 2, 2, 4_100)
        .returned('frozen', 2, 2, 4_400)
        .attempt('frozen', 2, 'completed', 2)
        .row('frozen', { run: 2, retryCount: 1 });

    it('lists those of 100 ms at most, and finds the others', () => {
      const short = check(thawed(4_250).history);
      expect(short.findings).toEqual([]);
      expect(short.afterThaw.map(({ detail }) => detail)).toEqual([
        'run 1 (process 1) and run 2 (process 2) executed at once for 100.0 ms',
      ]);
      expect(broken(thawed(4_251))).toEqual(['overlap: frozen']);
    });
  });

  it('finds what is wrong with the processes and the stores themselves', () => {
    expect(broken(soundHistory().ailing('a connection is still open'))).toEqual(['engine-health: ']);
  });
});
