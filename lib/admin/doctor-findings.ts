import { formatDuration } from '../core/duration.js';
import type { Finding } from '../core/finding.js';
import type { DispatcherSurvey, ForeignKey } from '../core/ports/dispatcher.js';
import type { LedgerVitals, SchemaExamination } from '../core/ports/ledger-examination.js';
import type { LivingGroup } from '../core/ports/traffic-readings.js';
import type { Dispatching } from './problems.js';

const HELD_MS = 600_000;
const PREPARED_MS = 60_000;
const MOST_SKEW_MS = 1_000;
const MANY_DEAD_ROWS = 50_000;
const BLOATED = 0.4;
const VACUUM_LATE_MS = 3_600_000;
/** A window that is emptier than this share of what it should hold is not only being worked off. */
const LEAST_HELD = 0.25;

const MAKE_IT_AGAIN =
  'Run Kyu’s migrations on a schema of the same version and compare, or restore it from a backup.';

/** What about the schema is not as the migrations make it. */
export function schemaFindings({ version, needed, differences, obstacle }: SchemaExamination): Finding[] {
  if (version !== needed) {
    const text = `The schema has version ${version}, and this release of Kyu needs version ${needed}.`;
    const remedy =
      version < needed
        ? 'Run `kyu migrate up`, or start once with migrationsRun: true.'
        : 'Upgrade nestjs-kyu.';
    return [{ code: 'schema-version', severity: 'critical', text, remedy, canFix: false }];
  }
  if (obstacle !== null) {
    const text = `The schema was not compared with what the migrations make: ${obstacle}.`;
    const remedy = 'Let somebody run the doctor who may create a schema; nothing stays behind.';
    return [{ code: 'schema-not-compared', severity: 'note', text, remedy, canFix: false }];
  }
  return differences.map(({ kind, name, expected, found }): Finding => {
    switch (kind) {
      case 'table-missing':
        return {
          code: kind,
          severity: 'critical',
          text: `The table ${name} is missing.`,
          remedy: MAKE_IT_AGAIN,
          canFix: false,
        };
      case 'column-missing':
        return {
          code: kind,
          severity: 'critical',
          text: `The column ${name} (${expected}) is missing.`,
          remedy: MAKE_IT_AGAIN,
          canFix: false,
        };
      case 'column-differs': {
        const text = `The column ${name} is ${found ?? 'otherwise'}, and should be ${expected}.`;
        return {
          code: kind,
          severity: 'warning',
          text,
          remedy: 'Change it back with ALTER TABLE.',
          canFix: false,
        };
      }
      case 'constraint-missing': {
        const text = `The constraint ${name} is missing: ${expected}.`;
        return {
          code: kind,
          severity: 'warning',
          text,
          remedy: 'Add it again with ALTER TABLE … ADD CONSTRAINT.',
          canFix: false,
        };
      }
      case 'index-missing': {
        const text = `The index ${name} is missing: what goes along it reads the whole table.`;
        return { code: kind, severity: 'critical', text, remedy: indexRemedy(expected), canFix: true };
      }
      case 'index-invalid': {
        const text = `The index ${name} is invalid: it costs every write and helps no read.`;
        return {
          code: kind,
          severity: 'critical',
          text,
          remedy: `Drop it; then: ${indexRemedy(expected)}`,
          canFix: true,
        };
      }
    }
  });
}

function indexRemedy(definition: string): string {
  return `${definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ')};`;
}

/** Jobs that nobody works on. */
export function workFindings(
  { orphans, lateDuties }: LedgerVitals,
  groups: readonly LivingGroup[],
): Finding[] {
  const waiting = groups.filter(({ pending, isPaused }) => pending > 0 && !isPaused);
  const deserted = new Set(waiting.flatMap(({ queue, liveWorkers }) => (liveWorkers === 0 ? [queue] : [])));
  return [
    ...orphans.map(({ queue, count }): Finding => ({
      code: 'orphaned-jobs',
      severity: 'critical',
      text: `${count} running jobs of the queue "${queue}" belong to no living worker.`,
      remedy: 'A worker process that serves the queue takes them back within seconds; the fix does it now.',
      canFix: true,
    })),
    ...[...deserted].map((queue): Finding => ({
      code: 'no-worker',
      severity: 'critical',
      text: `Jobs wait in the queue "${queue}", and no living worker serves it.`,
      remedy: 'Start a worker process for it.',
      canFix: false,
    })),
    ...waiting
      .filter(({ liveWorkers, ableWorkers }) => liveWorkers > 0 && ableWorkers === 0)
      .map(({ queue, type, pending }): Finding => ({
        code: 'unhandled-types',
        severity: 'critical',
        text: `${pending} jobs of type "${type}" wait in the queue "${queue}", whose workers do not handle it.`,
        remedy: 'Deploy a worker with a @JobHandler for it, or cancel the jobs.',
        canFix: false,
      })),
    ...lateDuties.map(({ duty, queue, lateMs }): Finding => ({
      code: 'duty-late',
      severity: 'warning',
      text: `The duty "${duty}" of the queue "${queue}" has been due for ${roughly(lateMs)}, though a worker serves it.`,
      remedy: 'Look into the log of the workers for "duty" and the error beside it.',
      canFix: false,
    })),
  ];
}

/** Redis against the ledger. */
export function dispatchFindings(
  { mode, configured }: Dispatching,
  groups: readonly LivingGroup[],
  surveys: ReadonlyMap<string, DispatcherSurvey>,
): Finding[] {
  if (configured === 'redis' && mode === 'postgres') {
    const text = 'Redis cannot be used at the moment: PostgreSQL dispatches.';
    const remedy = 'Start Redis, or correct its address; Kyu comes back to it by itself.';
    return [{ code: 'redis-away', severity: 'warning', text, remedy, canFix: false }];
  }
  return [...surveys].flatMap(([queue, survey]) => [
    ...survey.foreign.map(foreignKey),
    ...forgottenQueue(queue, survey, groups),
    ...groups.flatMap((group) => (group.queue === queue ? heldOf(group, survey) : [])),
  ]);
}

function foreignKey({ key, found, expected }: ForeignKey): Finding {
  const text = `The key "${key}" in Redis is a ${found}, where Kyu keeps a ${expected}: another program wrote it.`;
  const remedy =
    'While it is there PostgreSQL dispatches the queue. Give the other program another database or other names, and delete the key.';
  return { code: 'redis-foreign-key', severity: 'critical', text, remedy, canFix: false };
}

function forgottenQueue(
  queue: string,
  { hasEpoch }: DispatcherSurvey,
  groups: readonly LivingGroup[],
): Finding[] {
  const isWaiting = groups.some((group) => group.queue === queue && group.pending > 0);
  if (hasEpoch || !isWaiting) return [];
  const text = `Redis has no epoch for the queue "${queue}": it was flushed or replaced.`;
  const remedy = 'A worker restores the queue at its next take; the fix does it now.';
  return [{ code: 'redis-forgot', severity: 'warning', text, remedy, canFix: true }];
}

function heldOf({ queue, type, pending }: LivingGroup, { held, windowSize }: DispatcherSurvey): Finding[] {
  const there = held.get(type);
  if (there === undefined) return [];
  const expected = Math.min(pending, windowSize);
  if (expected - there > 10 && there < LEAST_HELD * expected) {
    const text = `Redis holds ${there} hints of "${type}" in the queue "${queue}", and should hold ${expected}.`;
    const remedy = 'The reconciler makes up for it within seconds where a worker runs; the fix does it now.';
    return [{ code: 'redis-behind', severity: 'warning', text, remedy, canFix: true }];
  }
  if (there <= 2 * pending + 1_000) return [];
  const text = `Redis holds ${there} hints of "${type}" in the queue "${queue}", where ${pending} jobs wait.`;
  const remedy = 'Stale hints cost a look each, and no more; the fix compares them with the ledger now.';
  return [{ code: 'redis-ahead', severity: 'note', text, remedy, canFix: true }];
}

/** Clocks, dead rows and held transactions. */
export function ledgerFindings(vitals: LedgerVitals, skewMs: number, tookMs: number): Finding[] {
  const { producerSkewMs, tables, heldTransactions } = vitals;
  return [
    // What the question itself took cannot be told from skew.
    ...(Math.abs(skewMs) > MOST_SKEW_MS + tookMs ? [skewFinding('The clock of this process', skewMs)] : []),
    ...(producerSkewMs !== null && Math.abs(producerSkewMs) > MOST_SKEW_MS
      ? [skewFinding('The clock of those who enqueue', producerSkewMs)]
      : []),
    ...tables.flatMap(tableFindings),
    ...heldTransactions.flatMap(({ pid, name, state, ageMs }): Finding[] => {
      if (pid === null) return ageMs < PREPARED_MS ? [] : [preparedFinding(name, ageMs)];
      if (ageMs < HELD_MS) return [];
      const text = `The session ${pid} ("${name}", ${state}) has held a transaction open for ${roughly(ageMs)}.`;
      const remedy = `End it: select pg_terminate_backend(${pid}); and give sessions an idle_in_transaction_session_timeout.`;
      return [{ code: 'held-transaction', severity: 'warning', text, remedy, canFix: false }];
    }),
  ];
}

function skewFinding(whose: string, skewMs: number): Finding {
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  const text = `${whose} is ${formatDuration(Math.round(Math.abs(skewMs)))} ${direction} the database's.`;
  const remedy =
    'Let NTP set the clocks. No decision depends on them, but the order of ids and what logs say does.';
  return { code: 'clock-skew', severity: 'warning', text, remedy, canFix: false };
}

function preparedFinding(name: string, ageMs: number): Finding {
  const text = `The prepared transaction "${name}" is ${roughly(ageMs)} old, and keeps dead rows from being removed.`;
  const remedy = `Let its transaction manager end it, or: rollback prepared '${name.replaceAll("'", "''")}';`;
  return { code: 'prepared-transaction', severity: 'warning', text, remedy, canFix: false };
}

function tableFindings({
  table,
  liveRows,
  deadRows,
  vacuumedMsAgo,
}: LedgerVitals['tables'][number]): Finding[] {
  if (deadRows < MANY_DEAD_ROWS) return [];
  const share = deadRows / Math.max(1, liveRows + deadRows);
  const isLate = (vacuumedMsAgo ?? Infinity) > VACUUM_LATE_MS;
  const bloat: Finding = {
    code: 'bloat',
    severity: 'warning',
    text: `${Math.round(100 * share)} % of the rows of ${table} are dead (${deadRows}).`,
    remedy: `vacuum (analyze) ${table}; where it does not help, a held transaction keeps them.`,
    canFix: false,
  };
  const since =
    vacuumedMsAgo === null
      ? 'It was never vacuumed'
      : `The last vacuum of it was ${roughly(vacuumedMsAgo)} ago`;
  const late: Finding = {
    code: 'autovacuum-late',
    severity: 'warning',
    text: `${table} has ${deadRows} dead rows. ${since}.`,
    remedy:
      'See whether autovacuum is on and has workers enough: autovacuum_max_workers, autovacuum_vacuum_cost_limit.',
    canFix: false,
  };
  return [...(share > BLOATED ? [bloat] : []), ...(isLate ? [late] : [])];
}

function roughly(milliseconds: number): string {
  const unit = milliseconds < 3_600_000 ? 1_000 : 60_000;
  return formatDuration(Math.max(unit, Math.round(milliseconds / unit) * unit));
}
