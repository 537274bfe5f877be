import { describe, expect, it } from 'vitest';
import {
  dispatchFindings,
  ledgerFindings,
  schemaFindings,
  workFindings,
} from '../../../lib/admin/doctor-findings.js';
import { FINDING_CODES, type Finding } from '../../../lib/core/finding.js';
import type { DispatcherSurvey } from '../../../lib/core/ports/dispatcher.js';
import type { LedgerVitals, SchemaDifference } from '../../../lib/core/ports/ledger-examination.js';
import type { LivingGroup } from '../../../lib/core/ports/traffic-readings.js';
import { SCHEMA, WELL } from '../../support/admin/well-ledger.js';

const IN_REDIS = { mode: 'redis', configured: 'redis' } as const;
const SURVEY: DispatcherSurvey = {
  hasEpoch: true,
  held: new Map([['mail', 100]]),
  foreign: [],
  windowSize: 1_000,
};

const group = (fields: Partial<LivingGroup> = {}): LivingGroup => ({
  queue: 'shop',
  type: 'mail',
  pending: 100,
  running: 0,
  oldestPendingMs: 0,
  liveWorkers: 1,
  ableWorkers: 1,
  isPaused: false,
  ...fields,
});
const differs = (kind: SchemaDifference['kind']): Finding[] => {
  const found = kind === 'column-differs' ? 'bigint' : null;
  const expected = kind.startsWith('index') ? 'CREATE INDEX kyu_jobs_due ON kyu_jobs (id)' : 'integer';
  const difference = { kind, name: 'kyu_jobs.priority', expected, found };
  return schemaFindings({ ...SCHEMA, differences: [difference] });
};
const vitals = (fields: Partial<LedgerVitals>): Finding[] => ledgerFindings({ ...WELL, ...fields }, 0, 0);
const surveyed = (survey: Partial<DispatcherSurvey>, groups = [group()]): Finding[] =>
  dispatchFindings(IN_REDIS, groups, new Map([['shop', { ...SURVEY, ...survey }]]));
const table = { table: 'kyu_jobs', liveRows: 1_000_000, deadRows: 0, vacuumedMsAgo: 0 };
const held = { pid: 42, name: 'psql', state: 'idle in transaction', ageMs: 600_000 };

/** What is wrong, and what of it has to be in the text. */
const ILLS: Readonly<Record<(typeof FINDING_CODES)[number], readonly [find: () => Finding[], says: RegExp]>> =
  {
    'schema-version': [() => schemaFindings({ ...SCHEMA, version: 2 }), /version 2, .* needs version 3/],
    'schema-not-compared': [() => schemaFindings({ ...SCHEMA, obstacle: 'it may not' }), /it may not/],
    'table-missing': [() => differs('table-missing'), /kyu_jobs/],
    'column-missing': [() => differs('column-missing'), /kyu_jobs\.priority \(integer\)/],
    'column-differs': [() => differs('column-differs'), /is bigint, and should be integer/],
    'constraint-missing': [() => differs('constraint-missing'), /kyu_jobs/],
    'index-missing': [() => differs('index-missing'), /kyu_jobs/],
    'index-invalid': [() => differs('index-invalid'), /kyu_jobs/],
    'redis-away': [
      () => dispatchFindings({ mode: 'postgres', configured: 'redis' }, [], new Map()),
      /PostgreSQL dispatches/,
    ],
    'redis-forgot': [() => surveyed({ hasEpoch: false }), /no epoch for the queue "shop"/],
    'redis-behind': [() => surveyed({ held: new Map([['mail', 24]]) }), /holds 24 hints .* should hold 100/],
    'redis-ahead': [() => surveyed({ held: new Map([['mail', 1_201]]) }), /holds 1201 hints .* 100 jobs/],
    'redis-foreign-key': [
      () => surveyed({ held: new Map(), foreign: [{ key: 'kyu:x', found: 'hash', expected: 'zset' }] }),
      /"kyu:x" in Redis is a hash, where Kyu keeps a zset/,
    ],
    'orphaned-jobs': [
      () => workFindings({ ...WELL, orphans: [{ queue: 'shop', count: 7 }] }, []),
      /7 running jobs of the queue "shop"/,
    ],
    'no-worker': [() => workFindings(WELL, [group({ liveWorkers: 0, ableWorkers: 0 })]), /"shop"/],
    'unhandled-types': [() => workFindings(WELL, [group({ ableWorkers: 0 })]), /100 jobs of type "mail"/],
    'duty-late': [
      () => workFindings({ ...WELL, lateDuties: [{ duty: 'rescue', queue: 'shop', lateMs: 90_000 }] }, []),
      /"rescue" of the queue "shop" has been due for 1m30s/,
    ],
    'clock-skew': [() => ledgerFindings(WELL, 1_500, 400), /this process is 1s500ms ahead/],
    bloat: [
      () => vitals({ tables: [{ ...table, liveRows: 60_000, deadRows: 50_000 }] }),
      /45 % of the rows of kyu_jobs/,
    ],
    'autovacuum-late': [
      () => vitals({ tables: [{ ...table, deadRows: 50_000, vacuumedMsAgo: null }] }),
      /never vacuumed/,
    ],
    'held-transaction': [() => vitals({ heldTransactions: [held] }), /session 42 \("psql"/],
    'prepared-transaction': [
      () => vitals({ heldTransactions: [{ ...held, pid: null, name: 'x', ageMs: 60_000 }] }),
      /prepared transaction "x"/,
    ],
  };

/** What `fix` sees to, as docs/doctor.md says. */
const CURABLE = ['index-missing', 'index-invalid', 'redis-forgot', 'redis-behind', 'redis-ahead'];

describe('the findings of the doctor', () => {
  it.each(FINDING_CODES)('F85 %s is found where it is, and nothing else', (code) => {
    const [find, says] = ILLS[code];
    const findings = find();
    expect(findings).toMatchObject([{ code, text: expect.stringMatching(says) as string }]);
    expect(findings[0]?.remedy).toMatch(/^.{15,}[.;]$/);
    expect(findings[0]?.canFix).toBe([...CURABLE, 'orphaned-jobs'].includes(code));
  });

  it('F85 are none of what is only busy, young or small', () => {
    expect(schemaFindings(SCHEMA)).toEqual([]);
    expect(dispatchFindings({ mode: 'postgres', configured: 'postgres' }, [group()], new Map())).toEqual([]);
    expect(surveyed({})).toEqual([]);
    expect(surveyed({ held: new Map([['mail', 25]]) })).toEqual([]);
    expect(surveyed({ held: new Map([['mail', 1_200]]) })).toEqual([]);
    // A window that is smaller than the line need not hold the line.
    expect(surveyed({ windowSize: 100 }, [group({ pending: 50_000 })])).toEqual([]);
    expect(surveyed({ hasEpoch: false, held: new Map([['mail', 0]]) }, [group({ pending: 0 })])).toEqual([]);
    const resting = group({ isPaused: true, liveWorkers: 0, ableWorkers: 0 });
    expect(workFindings(WELL, [resting, group()])).toEqual([]);
    expect(ledgerFindings({ ...WELL, producerSkewMs: -1_000 }, 1_400, 400)).toEqual([]);
    expect(vitals({ tables: [{ ...table, deadRows: 49_999, vacuumedMsAgo: null }] })).toEqual([]);
    expect(vitals({ heldTransactions: [{ ...held, ageMs: 599_999 }] })).toEqual([]);
    expect(vitals({ heldTransactions: [{ ...held, pid: null, ageMs: 59_999 }] })).toEqual([]);
  });

  it('F85 tell the clock of those who enqueue from that of this process', () => {
    const [finding] = ledgerFindings({ ...WELL, producerSkewMs: -60_000 }, 0, 0);
    expect(finding?.text).toBe("The clock of those who enqueue is 1m behind the database's.");
  });
});
