import * as fc from 'fast-check';
import type { Claim } from '../../../lib/core/claim.js';
import { JOB_STATUSES } from '../../../lib/core/job-status.js';
import type { QueuedHint } from '../../../lib/core/job.js';
import type { RunOutcome } from '../../../lib/core/outcome.js';
import { draftOf, identityOf, settlementOf } from './ledger-stage.js';
import type { TwinLedgers } from './twin-ledgers.js';

/** One thing that happens to both ledgers. */
export type TwinStep = fc.AsyncCommand<TwinLedgers, TwinLedgers>;

const QUEUES = ['alpha', 'beta'];
const TYPES = ['email', 'payment', 'report'];
/** Due times and limits end half a minute off the minute, because time passes in minutes. */
const HALF_PAST_MS = 90_000;
const LEASE_MS = HALF_PAST_MS;
const LIMITS = { staleAfterMs: 630_000, mostCrashes: 3, batchSize: 1_000 };
const PLAN = { periodMs: HALF_PAST_MS, longestGapMs: 210_000, quietMs: 150_000 };

const queue = fc.constantFrom(...QUEUES);
const type = fc.constantFrom(...TYPES);
const handled = fc.constantFrom(TYPES, TYPES, TYPES, ['email'], ['report', 'payment']);
/** Which of those that there are; without a bias, which would always be the first few. */
const choice = fc.noBias(fc.nat());
const few = fc.noBias(fc.nat({ max: 6 }));
const inside = fc.boolean();

const error = new Error('mailbox full');
const outcome = fc.constantFrom<RunOutcome>(
  { kind: 'completed', result: { delivered: true } },
  { kind: 'completed', result: undefined },
  { kind: 'failed', error },
  { kind: 'timed-out', error },
  { kind: 'discarded', error },
  { kind: 'snoozed', delayMs: HALF_PAST_MS },
  { kind: 'snoozed', delayMs: 0 },
  { kind: 'retry-after', delayMs: 150_000, error },
  { kind: 'released' },
);

function step<Given>(
  name: string,
  given: fc.Arbitrary<Given>,
  happen: (twins: TwinLedgers, given: Given) => Promise<unknown>,
): fc.Arbitrary<TwinStep> {
  return given.map((values) => ({
    check: () => true,
    run: async (twins) => void (await happen(twins, values)),
    toString: () => `${name}(${fc.stringify(values)})`,
  }));
}

function keep(twins: TwinLedgers, [memory, postgres]: [unknown, unknown]): void {
  const theirs = postgres as Claim[];
  for (const [index, claim] of (memory as Claim[]).entries()) {
    const twin = theirs[index];
    if (twin !== undefined) twins.claims.push([claim, twin]);
  }
}

const draft = fc.record({
  queue,
  type,
  priority: fc.constantFrom(-1, 0, 0, 5),
  maxRetries: fc.constantFrom(0, 1, 3),
  timeoutMs: fc.constantFrom(0, 60_000),
  delayMs: fc.constantFrom(0, 0, HALF_PAST_MS, 390_000),
});

const enqueue = step(
  'enqueue',
  fc.tuple(fc.array(draft, { maxLength: 6 }), choice, inside),
  async (twins, given) => {
    const [fields, again, inTransaction] = given;
    const drafts = fields.map((settings) => draftOf(settings));
    const known = twins.job(again);
    if (twins.isFree(known)) drafts.push(draftOf({ id: known, timeoutMs: 0 }));
    for (const { id } of drafts) if (!twins.jobs.includes(id)) twins.jobs.push(id);
    if (inTransaction && twins.inTransaction) for (const { id } of drafts) twins.held.add(id);
    await twins.both((ledger, twin) =>
      ledger.intake.insert(drafts, inTransaction ? twins.manager(twin) : undefined),
    );
  },
);

const claimById = step(
  'claimById',
  fc.tuple(choice, queue, handled, fc.array(choice, { minLength: 1, maxLength: 12 })),
  async (twins, [worker, name, types, jobs]) => {
    const workerId = twins.worker(worker);
    const ids = [...jobs.map((job) => twins.job(job)), 'x'];
    keep(twins, await twins.both((ledger) => ledger.runs.claimById(workerId, name, types, ids)));
  },
);

const claimByQueue = step(
  'claimByQueue',
  fc.tuple(choice, queue, handled, few, few),
  async (twins, [worker, name, types, size, limit]) => {
    const workerId = twins.worker(worker);
    const rooms = types.map((room) => ({ type: room, size }));
    keep(twins, await twins.both((ledger) => ledger.runs.claimByQueue(workerId, name, rooms, limit)));
  },
);

const settle = step('settle', fc.array(fc.tuple(choice, outcome), { maxLength: 5 }), async (twins, given) => {
  const chosen = new Map(given.map(([claim, end]) => [claim % Math.max(1, twins.claims.length), end]));
  const ended = [...chosen].flatMap(([index, end]) => {
    const claim = twins.claims[index];
    return claim !== undefined && twins.isFree(claim[0].id) ? [{ claim, end }] : [];
  });
  await twins.both(async (ledger, twin) => {
    const settled = await ledger.runs.settle(ended.map(({ claim, end }) => settlementOf(claim[twin], end)));
    return settled.map(({ claim, status }) => [claim.id, claim.run, status]);
  });
});

const progress = step('progress', choice, async (twins, index) => {
  const claim = twins.claims[index % Math.max(1, twins.claims.length)];
  if (claim === undefined || !twins.isFree(claim[0].id)) return;
  await twins.both((ledger, twin) => ledger.runs.reportProgress(claim[twin], 50, null));
});

const handBack = step(
  'hand back',
  fc.tuple(choice, queue, fc.array(choice)),
  (twins, [worker, name, jobs]) => {
    const workerId = twins.worker(worker);
    const known = jobs.map((job) => twins.job(job));
    return twins.both((ledger) => ledger.runs.handBackUnheard(workerId, [name], known), 'in any order');
  },
);

const change = step(
  'change',
  fc.tuple(fc.constantFrom('cancel', 'retry', 'delete'), choice, inside),
  async (twins, [verb, job, inTransaction]) => {
    const id = twins.job(job);
    if (inTransaction && twins.inTransaction) twins.held.add(id);
    else if (!twins.isFree(id)) return;
    await twins.both(({ inspection }, twin) => {
      const manager = inTransaction ? twins.manager(twin) : undefined;
      if (verb === 'cancel') return inspection.cancel(id, 'not wanted', manager);
      return verb === 'retry' ? inspection.retry(id, manager) : inspection.delete(id, manager);
    });
  },
);

const retryMany = step(
  'retryMany',
  fc.tuple(fc.subarray([...JOB_STATUSES]), fc.subarray(TYPES, { minLength: 1 }), few, choice, inside),
  async (twins, [statuses, types, limit, job, inTransaction]) => {
    const batch = { filter: { statuses, types }, limit, after: twins.jobs[job % 20] };
    const [retried] = await twins.both(async ({ operator }, twin) => {
      const manager = inTransaction ? twins.manager(twin) : undefined;
      return (await operator.operations.retryMany(batch, manager)).changed;
    }, 'in any order');
    if (inTransaction && twins.inTransaction)
      for (const { id } of retried as QueuedHint[]) twins.held.add(id);
  },
);

const WAITING_VERBS = ['run now', 'put off', 'bring forward', 'change'] as const;

const operate = step(
  'operate',
  fc.tuple(fc.constantFrom(...WAITING_VERBS), choice, inside),
  async (twins, [verb, job, inTransaction]) => {
    const id = twins.job(job);
    if (inTransaction && twins.inTransaction) twins.held.add(id);
    else if (!twins.isFree(id)) return;
    await twins.both(({ operator: { operations } }, twin) => {
      const manager = inTransaction ? twins.manager(twin) : undefined;
      if (verb === 'run now') return operations.runNow(id, manager);
      if (verb === 'change')
        return operations.change(id, { priority: 3, queue: 'beta', maxRetries: 2 }, manager);
      return operations.reschedule(id, { delayMs: verb === 'put off' ? HALF_PAST_MS : 0 }, manager);
    });
  },
);

const pause = step(
  'pause',
  fc.tuple(fc.constantFrom('pause', 'resume', 'resume'), queue, fc.option(type), inside),
  async (twins, [verb, name, of, inTransaction]) => {
    // Two transactions that pause the same would wait for each other.
    if (twins.inTransaction && !inTransaction) return;
    await twins.both(({ operator: { pauses } }, twin) => {
      const manager = inTransaction ? twins.manager(twin) : undefined;
      const order = { queues: [name], type: of, actor: 'ada', reason: null };
      return verb === 'pause' ? pauses.pause(order, manager) : pauses.resume([name], of, manager);
    });
  },
);

const explain = step('explain', choice, async (twins, job) => {
  const id = twins.job(job);
  await twins.both(async (ledger) => {
    const standing = await ledger.operator.standings.standing(id);
    // What was due at once is overdue by the time that PostgreSQL took to answer, and not at all in memory.
    const waits = standing?.status === 'scheduled' || standing?.status === 'failed';
    return waits || standing === undefined ? standing : { ...standing, dueInMs: null };
  });
});

const startWorker = step('start a worker', fc.subarray(QUEUES, { minLength: 1 }), async (twins, queues) => {
  const worker = identityOf({ queues });
  twins.workers.push(worker.workerId);
  await twins.both((ledger) => ledger.registry.register(worker, LEASE_MS));
});

const live = step(
  'live',
  fc.tuple(fc.constantFrom('beat', 'beat', 'beat', 'drain', 'stop'), choice),
  async (twins, given) => {
    const [act, worker] = given;
    const workerId = twins.worker(worker);
    await twins.both(async ({ registry }) => {
      if (act === 'beat') return registry.beat(workerId, LEASE_MS);
      return act === 'drain' ? registry.markDraining(workerId) : registry.sayGoodbye(workerId);
    });
  },
);

/** PostgreSQL's rows are moved into the past, those that a transaction holds as well. */
const passTime = step('pass minutes', fc.constantFrom(1, 1, 3, 11), async (twins, minutes) => {
  if (!twins.inTransaction) await twins.both((ledger) => ledger.passTime(minutes * 60_000));
});

const promote = step('promote', queue, (twins, name) =>
  twins.both(async (ledger) => {
    const { jobs, nextDueInMs } = await ledger.upkeep.promote(name, 1_000);
    return { ids: jobs.map(({ id }) => id).sort(), nextDueInMs };
  }),
);

const upkeep = step(
  'upkeep',
  fc.tuple(fc.constantFrom('bury', 'rescue', 'duty'), queue),
  (twins, [act, name]) =>
    twins.both(async (ledger) => {
      if (act === 'bury') return ledger.upkeep.bury([name]);
      if (act === 'rescue') return ledger.upkeep.rescue(name, LIMITS);
      return ledger.upkeep.takeDuty('rescue', [name], PLAN);
    }, 'in any order'),
);

const retire = step(
  'retire',
  fc.tuple(
    queue,
    fc.constantFrom('completed' as const, 'dead' as const, 'cancelled' as const),
    fc.constantFrom('delete' as const, 'archive' as const),
  ),
  async (twins, [name, status, action]) => {
    const rule = { queue: name, status, action, onlyTypes: null, exceptTypes: ['payment'] };
    const step = { ...rule, keepForMs: HALF_PAST_MS, from: null, limit: 1_000 };
    await twins.both(async (ledger) => {
      const { retired, seen } = await ledger.retention.retire(step);
      const archived = await ledger.inspection.list({ filter: {}, limit: 1_000, archived: true });
      return [retired, seen, archived];
    });
  },
);

const look = step('look', fc.tuple(queue, type), async (twins, [name, of]) => {
  await twins.both((ledger) => ledger.operator.pauses.list([name]));
  await twins.both((ledger) => ledger.upkeep.pendingTypes(name));
  await twins.both((ledger) => ledger.upkeep.firstPending(name, of, 3));
  await twins.both((ledger) => ledger.upkeep.countUnfinishedDue([name], TYPES));
  await twins.both((ledger) => ledger.inspection.count({ queues: [name] }));
  await twins.both((ledger) => ledger.readings.queues([name]), 'in any order');
  await twins.both((ledger) => ledger.readings.workers([name]), 'in any order');
});

const begin = step('begin', fc.constant(undefined), (twins) => twins.begin());
const end = step('end', fc.constantFrom('commit', 'rollback'), (twins, how) => twins.end(how));
const compare = step('compare everything', fc.constant(undefined), (twins) => twins.compareEverything());

/** A history begins with workers and work, or most of its steps would come to nothing. */
export async function beginHistory(twins: TwinLedgers): Promise<void> {
  const workers = [identityOf({ queues: QUEUES }), identityOf({ queues: QUEUES })];
  const drafts = QUEUES.flatMap((name) =>
    TYPES.map((of) => draftOf({ queue: name, type: of, timeoutMs: 0 })),
  );
  twins.workers.push(...workers.map(({ workerId }) => workerId));
  twins.jobs.push(...drafts.map(({ id }) => id));
  for (const worker of workers) await twins.both((ledger) => ledger.registry.register(worker, LEASE_MS));
  await twins.both((ledger) => ledger.intake.insert(drafts));
}

/** What may happen, the common things more often. */
export const TWIN_STEPS: fc.Arbitrary<TwinStep>[] = [
  enqueue,
  enqueue,
  enqueue,
  claimById,
  claimById,
  claimByQueue,
  claimByQueue,
  settle,
  settle,
  settle,
  progress,
  handBack,
  change,
  change,
  retryMany,
  operate,
  operate,
  pause,
  explain,
  explain,
  startWorker,
  startWorker,
  live,
  passTime,
  passTime,
  promote,
  upkeep,
  upkeep,
  retire,
  look,
  begin,
  end,
  compare,
];
