import { countOf } from './readable.js';
import type { JobTypeFigures, LedgerFigures } from './ledger-figures.js';
import type { GatewayCounts } from '../outside/charge-book.js';
import type { LetterCounts } from '../outside/smtp-sink.js';

/** Jobs by type that must exist, because the shop said yes to somebody. */
export type AcceptedJobs = Readonly<Record<string, number>>;

/** What the world outside saw of the jobs' work. */
export interface OutsideCounts {
  letters: LetterCounts;
  charges: GatewayCounts;
}

export interface Accounting {
  /** Accepted by the shop, and not in the ledger. */
  lost: number;
  /** Dead for no reason that the ledger knows. */
  unexplained: number;
  /** Empty when everything is right. */
  problems: string[];
}

/** Compares what the shop accepted, what the ledger says, and what the world outside saw. */
export function account(accepted: AcceptedJobs, ledger: LedgerFigures, outside: OutsideCounts): Accounting {
  const jobTypes = new Map(ledger.jobTypes.map((figures) => [figures.jobType, figures]));
  const shortages = Object.entries(accepted).map(
    ([jobType, jobs]) => [jobType, jobs - (jobTypes.get(jobType)?.enqueued ?? 0)] as const,
  );
  return {
    lost: shortages.reduce((total, [, missing]) => total + Math.max(0, missing), 0),
    unexplained: ledger.all.unexplained,
    problems: [
      ...shortages.flatMap(([jobType, missing]) => shortageOf(jobType, missing)),
      ...ledger.jobTypes.flatMap(problemsWithin),
      ...problemsOutside(jobTypes, outside),
    ],
  };
}

function shortageOf(jobType: string, missing: number): string[] {
  if (missing === 0) return [];
  if (missing < 0)
    return [`${jobType}: ${countOf(-missing, 'job')} more in the ledger than the shop accepted`];
  return [`${jobType}: ${countOf(missing, 'job')} lost: accepted by the shop, and not in the ledger`];
}

function problemsWithin(figures: JobTypeFigures): string[] {
  const { jobType, enqueued, completed, dead, unexplained, runs, recordedRuns, completedTwice } = figures;
  const checks = [
    [enqueued - completed - dead, 'job', 'neither completed nor dead'],
    [unexplained, 'dead job', 'without an error that explains it'],
    [runs - recordedRuns, 'run', 'without a row in kyu_attempts'],
    [completedTwice, 'job', 'completed twice'],
  ] as const;
  return checks
    .filter(([wrong]) => wrong !== 0)
    .map(([wrong, what, why]) => `${jobType}: ${countOf(wrong, what)} ${why}`);
}

/** Work may be done twice (a worker dies before it can say so), but a job that says it is done must have done it. */
function problemsOutside(
  jobTypes: ReadonlyMap<string, JobTypeFigures>,
  { charges, letters }: OutsideCounts,
): string[] {
  const unpaid = (jobTypes.get('process_payment')?.completed ?? 0) - charges.charged;
  const unsent = (jobTypes.get('send_email')?.completed ?? 0) - (letters.accepted - letters.repeated);
  const problems: string[] = [];
  if (unpaid > 0) problems.push(`process_payment: ${countOf(unpaid, 'job')} completed without a charge`);
  if (unsent > 0) problems.push(`send_email: ${countOf(unsent, 'job')} completed without a letter`);
  if (charges.chargedTwice > 0) problems.push(`${countOf(charges.chargedTwice, 'order')} charged twice`);
  return problems;
}
