import { PostgresJobIntake } from '../../../lib/ledger/job-intake.js';
import { PostgresLedgerUpkeep } from '../../../lib/ledger/ledger-upkeep.js';
import type { StatementTemplate } from '../../../lib/ledger/statement.js';
import { claimJobsById } from '../../../lib/ledger/statements/claim-jobs-by-id.sql.js';
import { completeRuns } from '../../../lib/ledger/statements/complete-runs.sql.js';
import { rescueJobs } from '../../../lib/ledger/statements/rescue-jobs.sql.js';
import { settleRuns } from '../../../lib/ledger/statements/settle-runs.sql.js';
import { takeDuty } from '../../../lib/ledger/statements/take-duty.sql.js';
import { editedStatement } from '../edited-statement.js';
import type { FlawName } from './flaw-names.js';

/** How each flaw comes into the engine of this process, before it is used. */
const FLAWS: Readonly<Record<FlawName, () => void>> = {
  // Both locks of a settle: the fence, and the key of kyu_attempts, which would refuse a second end of a run.
  'settle-without-fence': () => {
    spoil(settleRuns, ' and job.run = run.run and job.locked_by = run.worker_id', '');
    spoil(completeRuns, ' and job.run = run.run and job.locked_by = $3', '');
    spoil(
      completeRuns,
      "'completed'\n  from completed",
      "'completed'\n  from completed on conflict do nothing",
    );
    spoil(
      settleRuns,
      'outcome, error_message, error_stack\n  from settled',
      'outcome, error_message, error_stack\n  from settled on conflict do nothing',
    );
  },
  'claim-without-status-guard': () => spoil(claimJobsById, "and coalesce(status, '') = 'pending' ", ''),
  // A run that takes longer than a lease is taken back, whether its worker beats or not.
  'rescue-by-time-alone': () => spoil(rescueJobs, '(job.timeout_ms + $2::float8)', '(1000 + 0 * $2::float8)'),
  'announce-before-commit': () => {
    PostgresJobIntake.prototype.afterCommit = (_transaction, action) => action();
  },
  'reconcile-by-high-water-mark': followIds,
  'reaper-without-gap-rule': () =>
    spoil(takeDuty, '> $4::float8 then clock_timestamp()', '> $4::float8 and false then clock_timestamp()'),
};

/** Spoils the engine of this process. */
export function commit(flaw: FlawName): void {
  FLAWS[flaw]();
}

function spoil(template: StatementTemplate, remove: string, insert: string): void {
  const { text } = editedStatement({ ...template }, 'gone wrong', remove, insert);
  Object.assign(template, { text });
}

/** Never looks behind the highest id that it has seen, as if ids became visible in their order. */
function followIds(): void {
  const marks = new Map<string, string>();
  const { firstPending } = PostgresLedgerUpkeep.prototype;
  PostgresLedgerUpkeep.prototype.firstPending = async function (queue, type, limit) {
    const hints = await firstPending.call(this, queue, type, limit);
    const mark = marks.get(`${queue} ${type}`) ?? '';
    marks.set(`${queue} ${type}`, [mark, ...hints.map(({ id }) => id)].sort().at(-1) ?? '');
    return hints.filter(({ id }) => id > mark);
  };
}
