import { describe, expect, it } from 'vitest';
import { LedgerUnavailableError } from '../../../lib/core/errors.js';
import type { InsertedJob, JobDraft } from '../../../lib/core/job.js';
import type { ClaimedInsert, JobIntake } from '../../../lib/core/ports/job-intake.js';
import type { LocalReservation } from '../../../lib/core/ports/local-claims.js';
import { LocalStarts } from '../../../lib/producer/local-starts.js';
import { draftOf } from '../../support/ledger/ledger-stage.js';
import { claimOf } from '../../support/worker/claims.js';

const CLAIMANT = { workerId: 'worker-1', types: ['send_email'], queuesBefore: [] };

interface Given {
  readonly hasPlace?: boolean;
  readonly write?: (draft: JobDraft) => Promise<ClaimedInsert>;
}

/** The steps in their order, told by those who take them. */
function stage({ hasPlace = true, write = claimed }: Given = {}) {
  const steps: string[] = [];
  const place: LocalReservation = {
    claimant: CLAIMANT,
    begin: () => steps.push('begin'),
    giveUp: () => steps.push('give up'),
    doubt: () => steps.push('doubt'),
  };
  const intake: JobIntake<unknown> = {
    insert: async (drafts) => {
      steps.push(`insert ${drafts.length}`);
      return drafts.map(pending);
    },
    insertAndClaim: (draft) => {
      steps.push('insert and claim');
      return write(draft);
    },
    afterCommit: () => {},
  };
  const reserve = (): LocalReservation | undefined => {
    steps.push('reserve');
    return hasPlace ? place : undefined;
  };
  return { steps, starts: new LocalStarts(intake, { reserve }) };
}

function pending({ id }: JobDraft): InsertedJob {
  return { id, status: 'pending', created: true };
}

async function claimed(draft: JobDraft): Promise<ClaimedInsert> {
  return { job: { ...pending(draft), status: 'running' }, claim: claimOf({ id: draft.id }) };
}

describe('a job that its own process may start', () => {
  it('is written as claimed, and begins when everybody has heard of it', async () => {
    const { starts, steps } = stage();
    const draft = draftOf();
    expect(await starts.insert([draft])).toEqual([{ id: draft.id, status: 'running', created: true }]);
    expect(steps).toEqual(['reserve', 'insert and claim']);
    starts.begin([draft]);
    starts.begin([draft]);
    expect(steps).toEqual(['reserve', 'insert and claim', 'begin']);
  });

  it('gives its place back when the ledger wrote it as pending', async () => {
    const { starts, steps } = stage({
      write: async (draft) => ({ job: pending(draft), claim: undefined }),
    });
    const draft = draftOf();
    expect(await starts.insert([draft])).toEqual([pending(draft)]);
    starts.begin([draft]);
    expect(steps).toEqual(['reserve', 'insert and claim', 'give up']);
  });

  it('takes the common way when there is no place', async () => {
    const { starts, steps } = stage({ hasPlace: false });
    await starts.insert([draftOf()]);
    expect(steps).toEqual(['reserve', 'insert 1']);
  });

  it.each<[string, JobDraft[]]>([
    ['waits', [draftOf({ delayMs: 1 })]],
    ['has its time', [draftOf({ scheduledAt: '2099-01-01T00:00:00Z' })]],
    [
      'has a key',
      [draftOf({ unique: { key: 'k', keeps: false, expiresAfterMs: null, onConflict: 'skip' } })],
    ],
    ['is one of several', [draftOf(), draftOf()]],
  ])('takes the common way when it %s', async (_, drafts) => {
    const { starts, steps } = stage();
    await starts.insert(drafts);
    expect(steps).toEqual([`insert ${drafts.length}`]);
  });

  it.each([
    [
      'in doubt when the reply was lost',
      new LedgerUnavailableError('the reply was lost', undefined),
      'doubt',
    ],
    ['given back when the ledger refused the job', new Error('a bad row'), 'give up'],
  ])('its place is %s', async (_, error, end) => {
    const { starts, steps } = stage({ write: () => Promise.reject(error) });
    const draft = draftOf();
    await expect(starts.insert([draft])).rejects.toBe(error);
    starts.begin([draft]);
    expect(steps).toEqual(['reserve', 'insert and claim', end]);
  });
});
