import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { JobStatus } from '../../../lib/core/job-status.js';
import type { ChangedJob } from '../../../lib/core/ports/ledger-inspection.js';
import { hasJobs, LedgerCommand } from './ledger-command.js';
import type { LedgerModel, ModelJob } from './ledger-model.js';

const REDRIVABLE: readonly JobStatus[] = ['failed', 'dead', 'cancelled'];
const CANCELLABLE: readonly JobStatus[] = ['scheduled', 'pending', 'running', 'failed'];

const redrives = fc.record({
  statuses: fc.option(fc.subarray([...REDRIVABLE, 'running', 'completed'] as JobStatus[]), {
    nil: undefined,
  }),
  limit: fc.constantFrom(1, 2, 100),
  after: fc.option(fc.nat(), { nil: undefined }),
});

/** What people do to jobs by hand. */
export const operatorCommands: fc.Arbitrary<LedgerCommand>[] = [
  fc
    .tuple(fc.nat(), fc.constantFrom('no longer wanted', null))
    .map(([index, reason]) => cancel(index, reason)),
  fc.nat().map(retry),
  fc.nat().map(retry),
  redrives.map(retryMany),
  fc.nat().map(remove),
];

function cancel(index: number, reason: string | null): LedgerCommand {
  return new LedgerCommand(
    `cancel job ${index}`,
    async (model, { subject: { inspection } }) => {
      const job = model.jobAt(index, CANCELLABLE);
      const isAllowed = CANCELLABLE.includes(job.status);
      const answer = await inspection.cancel(job.id, reason);
      if (job.status === 'running') {
        expect(answer).toEqual({ ...answerFor(job, true), kind: 'requested' });
        model.change(job.id, { cancel: { reason: reason ?? job.cancel?.reason ?? null } });
        return;
      }
      expect(answer).toEqual(answerFor(job, isAllowed));
      if (isAllowed) model.change(job.id, { status: 'cancelled', error: reason ?? job.error });
    },
    hasJobs,
  );
}

function retry(index: number): LedgerCommand {
  return new LedgerCommand(
    `retry job ${index}`,
    async (model, { subject: { inspection } }) => {
      const job = model.jobAt(index, REDRIVABLE);
      const isAllowed = REDRIVABLE.includes(job.status);
      expect(await inspection.retry(job.id)).toEqual(answerFor(job, isAllowed));
      if (isAllowed) model.redrive(job);
    },
    hasJobs,
  );
}

interface Redrive {
  readonly statuses: JobStatus[] | undefined;
  readonly limit: number;
  readonly after: number | undefined;
}

function retryMany(redrive: Redrive): LedgerCommand {
  const { statuses, limit, after } = redrive;
  return new LedgerCommand(
    `retry many ${JSON.stringify(redrive)}`,
    async (model, { subject: { operator } }) => {
      const bound = after === undefined ? undefined : model.jobAt(after).id;
      const jobs = matching(model, statuses, bound).slice(0, limit);
      const { changed } = await operator.operations.retryMany({
        filter: statuses === undefined ? {} : { statuses },
        limit,
        ...(bound === undefined ? {} : { after: bound }),
      });
      expect(changed.map(({ id }) => id).sort()).toEqual(jobs.map(({ id }) => id));
      for (const job of jobs) model.redrive(job);
    },
    hasJobs,
  );
}

/** Oldest first. */
function matching(
  model: LedgerModel,
  statuses: readonly JobStatus[] = REDRIVABLE,
  after: string | undefined,
): ModelJob[] {
  return [...model.jobs.values()]
    .filter(({ status }) => REDRIVABLE.includes(status) && statuses.includes(status))
    .filter(({ id }) => after === undefined || id > after)
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}

function remove(index: number): LedgerCommand {
  return new LedgerCommand(
    `delete job ${index}`,
    async (model, { subject: { inspection } }) => {
      const job = model.jobAt(index);
      const isAllowed = job.status !== 'running';
      expect(await inspection.delete(job.id)).toEqual(answerFor(job, isAllowed));
      if (isAllowed) model.delete(job.id);
    },
    hasJobs,
  );
}

function answerFor(job: ModelJob, isAllowed: boolean): ChangedJob {
  const { id, queue, type, priority, status } = job;
  return isAllowed ? { kind: 'changed', hint: { id, queue, type, priority } } : { kind: 'refused', status };
}
