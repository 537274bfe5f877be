import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { JobDraft } from '../../../lib/core/job.js';
import { draftOf, identityOf } from '../ledger/ledger-stage.js';
import { hasJobs, LedgerCommand, QUEUES, TYPES, USUAL_QUEUES, WORKER_PLACES } from './ledger-command.js';
import type { LedgerLab } from './ledger-lab.js';
import { isWaiting, type LedgerModel } from './ledger-model.js';

// Half minutes off the clock's steps: see ledger-picture.
const LEASE_MS = 90_000;
const MINUTE_MS = 60_000;
const STALE_AFTER_MS = 9.5 * MINUTE_MS;
const MOST_CRASHES = 3;

const places = fc.nat({ max: WORKER_PLACES - 1 });
const queues = fc.constantFrom(...USUAL_QUEUES);
const limits = fc.constantFrom(1, 2, 100);
const starts = fc.constantFrom(
  ...Array<string>(5).fill('now'),
  'in 30 s',
  'in 90 s',
  'at a time to come',
  'at a time gone by',
);

const drafts = fc.record({
  queue: queues,
  type: fc.constantFrom(...TYPES),
  priority: fc.integer({ min: -1, max: 1 }),
  maxRetries: fc.nat({ max: 2 }),
  timeoutMs: fc.constantFrom(0, MINUTE_MS),
  start: starts,
});

/** Adding jobs, the passing of time, the lives of workers, and what maintenance does. */
export const upkeepCommands: fc.Arbitrary<LedgerCommand>[] = [
  ...twice(fc.array(drafts, { minLength: 1, maxLength: 3 }).map(insert)),
  fc.nat().map(insertAgain),
  ...twice(fc.tuple(fc.integer({ min: 1, max: 11 }), fc.subarray([0, 1, 2])).map(passTime)),
  ...twice(places.map(register)),
  ...twice(places.map(register)),
  places.map(beat),
  places.map((place) => leave(place, 'draining')),
  places.map((place) => leave(place, 'stopped')),
  ...twice(fc.constant(new LedgerCommand('bury', bury))),
  ...twice(fc.tuple(queues, limits).map(([queue, limit]) => promote(queue, limit))),
  ...twice(fc.tuple(queues, limits).map(([queue, limit]) => rescue(queue, limit))),
];

type DraftPlan = Omit<Partial<JobDraft>, 'scheduledAt'> & { readonly start: string };

function insert(plans: readonly DraftPlan[]): LedgerCommand {
  return new LedgerCommand(`insert ${JSON.stringify(plans)}`, async (model, { subject }) => {
    const planned = plans.map(({ start, ...fields }) => ({ ...startOf(start), fields }));
    const rows = planned.map(({ delayMs, offsetMs, fields }) => ({
      draft: draftOf({ ...fields, delayMs, scheduledAt: delayMs === 0 ? instant(offsetMs) : null }),
      offsetMs,
    }));
    const inserted = await subject.intake.insert(rows.map(({ draft }) => draft));
    for (const { draft, offsetMs } of rows) {
      model.insert(draft, offsetMs === null ? null : model.nowMs + offsetMs);
    }
    expect(inserted).toEqual(
      rows.map(({ draft: { id } }) => ({ id, status: model.job(id).status, created: true })),
    );
  });
}

function startOf(start: string): { readonly delayMs: number; readonly offsetMs: number | null } {
  if (start === 'in 30 s') return { delayMs: 30_000, offsetMs: 30_000 };
  if (start === 'in 90 s') return { delayMs: 90_000, offsetMs: 90_000 };
  if (start === 'at a time to come') return { delayMs: 0, offsetMs: 150_000 };
  if (start === 'at a time gone by') return { delayMs: 0, offsetMs: -150_000 };
  return { delayMs: 0, offsetMs: null };
}

function instant(offsetMs: number | null): string | null {
  return offsetMs === null ? null : new Date(Date.now() + offsetMs).toISOString();
}

/** A lost reply makes a producer send the same ids again. */
function insertAgain(index: number): LedgerCommand {
  return new LedgerCommand(
    `insert job ${index} again`,
    async (model, { subject }) => {
      const { id, status } = model.jobAt(index);
      expect(await subject.intake.insert([draftOf({ id, priority: 9 })])).toEqual([
        { id, status, created: true },
      ]);
    },
    hasJobs,
  );
}

/** Some workers beat as soon as they can; the leases of the others are over. */
function passTime([minutes, beating]: [number, number[]]): LedgerCommand {
  return new LedgerCommand(`pass ${minutes} min, beat ${beating.join(' ')}`, async (model, lab) => {
    await lab.subject.passTime(minutes * MINUTE_MS);
    model.nowMs += minutes * MINUTE_MS;
    for (const place of beating) await beatOnce(place, model, lab);
  });
}

/** A worker that lives renews its lease; in the place of one that is over, another begins. */
export function register(place: number): LedgerCommand {
  return new LedgerCommand(`register ${place}`, async (model, { subject, newWorkerId }) => {
    const state = model.workers.get(model.places[place] ?? '')?.state;
    const isOver = state === undefined || state === 'dead' || state === 'stopped';
    const workerId = isOver ? newWorkerId() : model.workerAt(place);
    await subject.registry.register(identityOf({ workerId, queues: QUEUES }), LEASE_MS);
    model.places[place] = workerId;
    if (state === 'draining') return;
    model.workers.set(workerId, { state: 'alive', leaseEndsAt: model.nowMs + LEASE_MS });
  });
}

function beat(place: number): LedgerCommand {
  return new LedgerCommand(`beat ${place}`, (model, lab) => beatOnce(place, model, lab));
}

async function beatOnce(place: number, model: LedgerModel, { subject }: LedgerLab): Promise<void> {
  const workerId = model.workerAt(place);
  const state = model.workers.get(workerId)?.state;
  const lives = state === 'alive' || state === 'draining';
  expect(await subject.registry.beat(workerId, LEASE_MS)).toBe(lives);
  if (lives) model.workers.set(workerId, { state, leaseEndsAt: model.nowMs + LEASE_MS });
}

function leave(place: number, next: 'draining' | 'stopped'): LedgerCommand {
  return new LedgerCommand(`${next} ${place}`, async (model, { subject: { registry } }) => {
    const workerId = model.workerAt(place);
    await (next === 'draining' ? registry.markDraining(workerId) : registry.sayGoodbye(workerId));
    const worker = model.workers.get(workerId);
    if (worker?.state !== 'alive' && worker?.state !== 'draining') return;
    model.workers.set(workerId, { ...worker, state: next });
  });
}

async function bury(model: LedgerModel, { subject }: LedgerLab): Promise<void> {
  const late = [...model.workers].filter(
    ([, { state, leaseEndsAt }]) => (state === 'alive' || state === 'draining') && leaseEndsAt < model.nowMs,
  );
  const buried = await subject.upkeep.bury(QUEUES);
  expect(buried.map(({ workerId }) => workerId).sort()).toEqual(late.map(([id]) => id).sort());
  for (const [id, worker] of late) model.workers.set(id, { ...worker, state: 'dead' });
}

function promote(queue: string, limit: number): LedgerCommand {
  return new LedgerCommand(`promote ${limit} of ${queue}`, async (model, { subject }) => {
    const due = model.due(queue).map(({ id }) => id);
    const { jobs, nextDueInMs } = await subject.upkeep.promote(queue, limit);
    expect(jobs).toHaveLength(Math.min(limit, due.length));
    for (const { id } of jobs) {
      expect(due).toContain(id);
      model.change(id, { status: 'pending' });
    }
    const waiting = [...model.jobs.values()].filter((job) => job.queue === queue && isWaiting(job.status));
    expect(nextDueInMs === null).toBe(waiting.length === 0);
  });
}

function rescue(queue: string, batchSize: number): LedgerCommand {
  return new LedgerCommand(`rescue ${batchSize} of ${queue}`, async (model, { subject }) => {
    const limits = { staleAfterMs: STALE_AFTER_MS, mostCrashes: MOST_CRASHES, batchSize };
    const orphans = model.orphans(queue, limits).map(({ id }) => id);
    const rescued = await subject.upkeep.rescue(queue, limits);
    expect(rescued).toHaveLength(Math.min(batchSize, orphans.length));
    for (const { id, run, workerId, status } of rescued) {
      expect(orphans).toContain(id);
      const job = model.job(id);
      expect({ run, workerId }).toEqual({ run: job.run, workerId: job.owner });
      model.rescue(job, limits, reasonFor(model, job.owner ?? ''));
      expect(status).toBe(model.job(id).status);
    }
  });
}

function reasonFor(model: LedgerModel, workerId: string): string {
  const state = model.workers.get(workerId)?.state;
  if (state === 'dead') return 'the worker process died (worker-host, pid 4711)';
  return 'the run exceeded every limit and its worker did not end it';
}

/** Drawn twice as often as the others. */
function twice<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value>[] {
  return [arbitrary, arbitrary];
}
