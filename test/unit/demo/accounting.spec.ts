import { describe, expect, it } from 'vitest';
import { account, type OutsideCounts } from '../../../sample/000-quick-start/demo/accounting.js';
import type { JobTypeFigures, LedgerFigures } from '../../../sample/000-quick-start/demo/ledger-figures.js';

const ACCEPTED = { process_payment: 10, send_email: 8, generate_report: 1 };

function figures(jobType: string, enqueued: number, changes: Partial<JobTypeFigures> = {}): JobTypeFigures {
  return {
    jobType,
    enqueued,
    completed: enqueued,
    dead: 0,
    retried: 0,
    runs: enqueued,
    recordedRuns: enqueued,
    crashedRuns: 0,
    unexplained: 0,
    completedTwice: 0,
    seconds: 1,
    ...changes,
  };
}

function ledgerWith(payments: Partial<JobTypeFigures> = {}): LedgerFigures {
  const jobTypes = [
    figures('process_payment', 10, payments),
    figures('send_email', 8),
    figures('generate_report', 1),
  ];
  const unexplained = payments.unexplained ?? 0;
  return { jobTypes, all: figures('all', 19, { unexplained }), causes: [], reportFiles: [] };
}

function outsideWith(
  changes: { charged?: number; chargedTwice?: number; accepted?: number } = {},
): OutsideCounts {
  const { accepted = 8, charged = 10, chargedTwice = 0 } = changes;
  return {
    letters: { accepted, repeated: 0, refused: 0 },
    charges: { requests: 10, charged, chargedTwice, repeated: 0, unavailable: 0, refused: 0 },
  };
}

describe('the accounting of the demo', () => {
  it('is right when every accepted job has ended and did what it says', () => {
    expect(account(ACCEPTED, ledgerWith(), outsideWith())).toEqual({ lost: 0, unexplained: 0, problems: [] });
  });

  it('takes a death that has a reason for a good end, and work that was done twice for none of its business', () => {
    const ledger = ledgerWith({
      completed: 9,
      dead: 1,
      retried: 1,
      runs: 14,
      recordedRuns: 14,
      crashedRuns: 2,
    });

    expect(account(ACCEPTED, ledger, outsideWith({ charged: 10 })).problems).toEqual([]);
  });

  it.each<[string, Partial<JobTypeFigures>, string]>([
    ['a lost job', { enqueued: 9, completed: 9 }, '1 job lost: accepted by the shop, and not in the ledger'],
    [
      'a job from nowhere',
      { enqueued: 11, completed: 11 },
      '1 job more in the ledger than the shop accepted',
    ],
    ['a job that did not end', { completed: 8, dead: 1 }, '1 job neither completed nor dead'],
    [
      'a death without a reason',
      { completed: 9, dead: 1, unexplained: 1 },
      '1 dead job without an error that explains it',
    ],
    ['a run without a row', { runs: 12, recordedRuns: 10 }, '2 runs without a row in kyu_attempts'],
    ['a job that completed twice', { completedTwice: 1 }, '1 job completed twice'],
  ])('finds %s', (_, payments, problem) => {
    const { problems } = account(ACCEPTED, ledgerWith(payments), outsideWith({ charged: 11 }));

    expect(problems).toEqual([`process_payment: ${problem}`]);
  });

  it('counts what was lost and what is unexplained', () => {
    expect(account(ACCEPTED, ledgerWith({ enqueued: 7, completed: 7 }), outsideWith()).lost).toBe(3);
    expect(account({ ...ACCEPTED, never_seen: 2 }, ledgerWith(), outsideWith()).lost).toBe(2);
    const unexplained = ledgerWith({ completed: 9, dead: 1, unexplained: 1 });
    expect(account(ACCEPTED, unexplained, outsideWith()).unexplained).toBe(1);
  });

  it.each<[string, Parameters<typeof outsideWith>[0], string]>([
    ['a payment that took no money', { charged: 9 }, 'process_payment: 1 job completed without a charge'],
    ['a letter that never arrived', { accepted: 6 }, 'send_email: 2 jobs completed without a letter'],
    ['an order that was charged twice', { chargedTwice: 1 }, '1 order charged twice'],
  ])('finds %s', (_, outside, problem) => {
    expect(account(ACCEPTED, ledgerWith(), outsideWith(outside)).problems).toEqual([problem]);
  });
});
