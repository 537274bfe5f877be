import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../lib/core/claim.js';
import type { LinePlace } from '../../lib/core/claim-order.js';
import { JOB_STATUSES } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import {
  draftOf,
  expectWithin,
  QUEUE,
  released,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const ROOMS = [{ type: TYPE, size: 100 }];

/** The worker's door, first half: who gets which run. */
export function describeClaims<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const byId = (worker: string, ...ids: JobId[]): Promise<Claim[]> =>
    stageOf().ledger.runs.claimById(worker, QUEUE, [TYPE], ids);
  const byQueue = (worker: string, rooms = ROOMS, limit = 100, after?: LinePlace): Promise<Claim[]> =>
    stageOf().ledger.runs.claimByQueue(worker, QUEUE, rooms, limit, after);

  /** Both ways to a run, each trying to claim what the other would. */
  const ways: [string, (worker: string, id: JobId) => Promise<Claim[]>][] = [
    ['claimById', (worker, id) => byId(worker, id)],
    ['claimByQueue', (worker) => byQueue(worker)],
  ];

  describe.each(ways)('%s', (_name, claim) => {
    it('gives a pending job away as a run, with everything that the worker needs', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue({ priority: 4, maxRetries: 2, timeoutMs: 1_500 });
      await stage.ledger.passTime(20_000);
      let claims: Claim[] = [];
      const span = await stage.during(async () => (claims = await claim(worker, id)));
      const job = await stage.job(id);
      expect(job).toMatchObject({ status: 'running', run: 1, lockedBy: worker, retryCount: 0 });
      expectWithin(job.lockedAt, span);
      expect(job.updatedAt).toEqual(job.lockedAt);
      expect(claims).toEqual([
        {
          id,
          run: 1,
          workerId: worker,
          queue: QUEUE,
          type: TYPE,
          priority: 4,
          payload: expect.any(String),
          retryCount: 0,
          maxRetries: 2,
          timeoutMs: 1_500,
          crashCount: 0,
          createdAtMs: expect.any(Number),
          scheduledAt: null,
          claimedAt: expect.any(String),
          waitedMs: expect.any(Number),
          deadlineInMs: null,
          context: null,
          parentId: null,
          errors: null,
          backoff: null,
        },
      ]);
      const [{ waitedMs, createdAtMs, claimedAt }] = claims as [Claim];
      expect(waitedMs).toBeGreaterThanOrEqual(20_000);
      expect(waitedMs).toBeLessThan(30_000);
      expect(new Date(createdAtMs)).toEqual(job.createdAt);
      expect(new Date(claimedAt)).toEqual(job.lockedAt);
    });

    it('tells for when a job was scheduled, and how long it was pending since', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue({ delayMs: 60_000 });
      await stage.ledger.passTime(61_000);
      await stage.ledger.upkeep.promote(QUEUE, 10);
      await stage.ledger.passTime(5_000);
      const [run] = await claim(worker, id);
      expect(new Date(run?.scheduledAt ?? '')).toEqual((await stage.job(id)).scheduledAt);
      expect(run?.waitedMs).toBeGreaterThanOrEqual(5_000);
      expect(run?.waitedMs).toBeLessThan(15_000);
    });

    it('F64 gives a run away once', async () => {
      const stage = stageOf();
      const [worker, other] = [await stage.worker(), await stage.worker()];
      const id = await stage.enqueue();
      expect(await claim(worker, id)).toHaveLength(1);
      expect(await claim(other, id)).toEqual([]);
      expect(await claim(worker, id)).toEqual([]);
      expect(await stage.job(id)).toMatchObject({ run: 1, lockedBy: worker });
    });

    it('counts the runs of a job up, whatever became of the earlier ones', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue();
      for (const run of [1, 2, 3]) {
        const claims = await claim(worker, id);
        expect(claims).toMatchObject([{ id, run, retryCount: 0 }]);
        await stage.end(claims[0]!, released); // one was found
      }
    });

    it.each(JOB_STATUSES.filter((status) => status !== 'pending'))(
      'leaves a %s job alone',
      async (status) => {
        const stage = stageOf();
        const jobs = await stage.oneOfEach();
        await stage.ledger.inspection.delete(jobs.pending);
        const before = await stage.job(jobs[status]);
        expect(await claim(await stage.worker(), jobs[status])).toEqual([]);
        expect(await stage.job(jobs[status])).toEqual(before);
      },
    );

    it('leaves jobs of other queues and of types that are not handled here alone', async () => {
      const stage = stageOf();
      const foreign = await stage.enqueue({ queue: 'reports' });
      const unhandled = await stage.enqueue({ type: 'process_payment' });
      const worker = await stage.worker({ queues: [QUEUE, 'reports'] });
      expect(await claim(worker, foreign)).toEqual([]);
      expect(await claim(worker, unhandled)).toEqual([]);
      expect(await stage.job(foreign)).toMatchObject({ status: 'pending', run: 0 });
      expect(await stage.job(unhandled)).toMatchObject({ status: 'pending', run: 0 });
    });

    it('gives nothing to a worker that is unknown, drains, has stopped or is dead', async () => {
      const stage = stageOf();
      const { registry } = stage.ledger;
      const id = await stage.enqueue();
      const [draining, stopped] = [await stage.worker(), await stage.worker()];
      await registry.markDraining(draining);
      await registry.sayGoodbye(stopped);
      for (const worker of [randomUUID(), draining, stopped, await stage.deadWorker()]) {
        expect(await claim(worker, id)).toEqual([]);
      }
      expect(await stage.job(id)).toMatchObject({ status: 'pending', run: 0 });
    });

    it('passes over a job that somebody else holds at this moment, and takes it afterwards', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue();
      const holder = await stage.hold(id);
      expect(await claim(worker, id)).toEqual([]);
      await holder.rollback();
      expect(await claim(worker, id)).toMatchObject([{ id, run: 1 }]);
    });
  });

  describe('claimById', () => {
    it('answers in claim order, whatever the order of the ids', async () => {
      const stage = stageOf();
      const [first, second] = await stage.enqueueMany(2);
      const urgent = await stage.enqueue({ priority: 9 });
      const late = await stage.enqueue({ priority: -1 });
      const claims = await byId(await stage.worker(), late, second!, urgent, first!); // two were made
      expect(claims.map(({ id }) => id)).toEqual([urgent, first, second, late]);
    });

    it('takes a job once that is named twice', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      expect(await byId(await stage.worker(), id, id)).toMatchObject([{ id, run: 1 }]);
      expect((await stage.job(id)).run).toBe(1);
    });

    it('lets no rubbish stand between a worker and its jobs', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const rubbish = ['x', '', "'; drop table kyu_jobs; --", `${id} `, id.slice(1), randomUUID()];
      expect(await byId(await stage.worker(), ...rubbish, id)).toMatchObject([{ id }]);
      expect(await byId(await stage.worker(), ...rubbish)).toEqual([]);
      expect(await byId(await stage.worker())).toEqual([]);
    });

    it('takes all that are given, of several types', async () => {
      const stage = stageOf();
      const emails = await stage.enqueueMany(3);
      const reports = await stage.enqueueMany(3, { type: 'generate_report' });
      const worker = await stage.worker();
      const types = [TYPE, 'generate_report'];
      const claims = await stage.ledger.runs.claimById(worker, QUEUE, types, [...reports, ...emails]);
      expect(claims.map(({ id }) => id)).toEqual([...emails, ...reports]);
    });
  });

  describe('claimByQueue', () => {
    it('goes by priority over all types, and first in, first out within one', async () => {
      const stage = stageOf();
      const late = await stage.enqueue({ priority: -3 });
      const [first, third] = [draftOf(), draftOf({ type: 'generate_report' })];
      const [second, fourth] = [draftOf({ type: 'generate_report' }), draftOf()];
      // What counts is the id, not the order of arrival.
      const byAge = [first, third, second, fourth].sort((left, right) => (left.id < right.id ? -1 : 1));
      await stage.ledger.intake.insert([...byAge].reverse());
      const urgent = await stage.enqueue({ priority: 8, type: 'generate_report' });
      const claims = await byQueue(await stage.worker(), [...ROOMS, { type: 'generate_report', size: 100 }]);
      expect(claims.map(({ id }) => id)).toEqual([urgent, ...byAge.map(({ id }) => id), late]);
    });

    it('reads on behind a place: the same priority, of all types, and what comes later', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const drafts = Array.from({ length: 6 }, (_, index) =>
        draftOf({ priority: 2, type: index % 2 === 0 ? TYPE : 'generate_report' }),
      ).sort((left, right) => (left.id < right.id ? -1 : 1));
      await stage.ledger.intake.insert(drafts);
      const [urgent, usual] = [await stage.enqueue({ priority: 3 }), await stage.enqueue({ priority: 1 })];
      const rooms = [...ROOMS, { type: 'generate_report', size: 100 }];
      const [, second, third, fourth, ...others] = drafts.map(({ id }) => id);
      const after = { priority: 2, id: second! }; // made above
      const claims = await byQueue(worker, rooms, 2, after);
      expect(claims.map(({ id }) => id)).toEqual([third, fourth]);
      // The place is one in the line, whether anybody stands there or not.
      const next = await byQueue(worker, rooms, 100, { priority: 2, id: fourth! }); // made above
      expect(next.map(({ id }) => id)).toEqual(others);
      expect(await byQueue(worker, rooms, 100, { priority: 2, id: fourth! })).toEqual([]); // made above
      const left = await byQueue(worker, rooms);
      expect(left.map(({ id }) => id)).toEqual([urgent, drafts[0]!.id, second, usual]); // made above
    });

    it('takes no more than the limit, of the most urgent', async () => {
      const stage = stageOf();
      await stage.enqueueMany(5);
      const urgent = await stage.enqueueMany(2, { type: 'generate_report', priority: 1 });
      const rooms = [...ROOMS, { type: 'generate_report', size: 100 }];
      const claims = await byQueue(await stage.worker(), rooms, 3);
      expect(claims).toHaveLength(3);
      expect(claims.slice(0, 2).map(({ id }) => id)).toEqual(urgent);
      expect(await stage.ledger.upkeep.firstPending(QUEUE, TYPE, 10)).toHaveLength(4);
    });

    it('takes the most urgent of a type, however long the others have waited', async () => {
      const stage = stageOf();
      const [oldest] = await stage.enqueueMany(3);
      const urgent = await stage.enqueue({ priority: 1 });
      const worker = await stage.worker();
      expect(await byQueue(worker, [{ type: TYPE, size: 1 }])).toMatchObject([{ id: urgent }]);
      expect(await byQueue(worker, ROOMS, 1)).toMatchObject([{ id: oldest }]);
    });

    it('takes no more of a type than there is room for, and fills up with others', async () => {
      const stage = stageOf();
      const reports = await stage.enqueueMany(5, { type: 'generate_report', priority: 9 });
      const emails = await stage.enqueueMany(5);
      const rooms = [
        { type: 'generate_report', size: 2 },
        { type: TYPE, size: 100 },
      ];
      const claims = await byQueue(await stage.worker(), rooms, 4);
      expect(claims.map(({ id }) => id)).toEqual([...reports.slice(0, 2), ...emails.slice(0, 2)]);
    });

    it('takes nothing without room', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const worker = await stage.worker();
      expect(await byQueue(worker, [])).toEqual([]);
      expect(await byQueue(worker, [{ type: TYPE, size: 0 }])).toEqual([]);
      expect(await byQueue(worker, ROOMS, 0)).toEqual([]);
      expect((await stage.job(id)).status).toBe('pending');
    });

    it('takes the next job where the first is held', async () => {
      const stage = stageOf();
      const [first, second] = await stage.enqueueMany(2);
      const holder = await stage.hold(first!); // two were made
      expect(await byQueue(await stage.worker(), ROOMS, 1)).toMatchObject([{ id: second }]);
      await holder.rollback();
    });
  });

  describe('many workers at once', () => {
    const CLAIMERS = 20;
    const JOBS = 500;

    it('F116 share a queue without sharing a job', async () => {
      const stage = stageOf();
      const ids = await stage.enqueueMany(JOBS);
      const claimer = async (): Promise<Claim[]> => {
        const worker = await stage.worker();
        const all: Claim[] = [];
        for (;;) {
          const claims = await byQueue(worker, ROOMS, 7);
          all.push(...claims);
          // Others may hold the head of the line just now; only an empty queue is the end.
          if (claims.length === 0 && (await stage.ledger.upkeep.pendingTypes(QUEUE)).length === 0) return all;
        }
      };
      const claims = (await Promise.all(Array.from({ length: CLAIMERS }, claimer))).flat();
      expect(claims.map(({ id }) => id).sort()).toEqual(ids);
      expect(new Set(claims.map(({ run }) => run))).toEqual(new Set([1]));
      for (const { id, workerId } of claims.slice(0, CLAIMERS)) {
        expect((await stage.job(id)).lockedBy).toBe(workerId);
      }
    });

    it('hold the same hints and share no job', async () => {
      const stage = stageOf();
      const ids = await stage.enqueueMany(JOBS);
      const workers = await Promise.all(Array.from({ length: CLAIMERS }, () => stage.worker()));
      const together = await Promise.all(workers.map((worker) => byId(worker, ...ids)));
      // Whoever finds a row held passes over it, so a second round may be needed; it must find only the rest.
      const claims = [...together.flat(), ...(await byId(workers[0]!, ...ids))]; // twenty were registered
      expect(claims.map(({ id }) => id).sort()).toEqual(ids);
      expect(new Set(claims.map(({ run }) => run))).toEqual(new Set([1]));
    });
  });
}
