import { describe, expect, it } from 'vitest';
import { Doctor, type DoctorParts } from '../../../lib/admin/doctor.js';
import type { FindingCode } from '../../../lib/core/finding.js';
import type { LedgerVitals, SchemaExamination } from '../../../lib/core/ports/ledger-examination.js';
import { SCHEMA, WELL } from '../../support/admin/well-ledger.js';

const MISSING = {
  kind: 'index-missing',
  name: 'kyu_jobs_due',
  expected: 'CREATE INDEX x ON y (z)',
  found: null,
} as const;
const ORPHANS = [{ queue: 'shop', count: 2 }];

/** A doctor whose patient is as ill as it is told; what is done about it is written down. */
function doctorFor(ills: { schema?: Partial<SchemaExamination>; vitals?: Partial<LedgerVitals> } = {}) {
  const done: string[] = [];
  const recorded: { action: string; actor: string | null; selection: unknown }[] = [];
  const parts = {
    operator: {
      examination: {
        schema: () => Promise.resolve({ ...SCHEMA, ...ills.schema }),
        vitals: () => Promise.resolve({ ...WELL, ...ills.vitals }),
        repairIndexes: () => {
          done.push('repair');
          return Promise.resolve(['kyu_jobs_due']);
        },
      },
      traffic: { standing: () => Promise.resolve({ groups: [{ queue: 'post', type: 'x', pending: 0 }] }) },
      transactions: { within: (_: unknown, work: (manager: unknown) => unknown) => work(undefined) },
      audit: {
        record: (entry: { action: string; actor: string | null; selection: string }) => {
          recorded.push({ ...entry, selection: JSON.parse(entry.selection) as unknown });
          return Promise.resolve();
        },
      },
    },
    clock: { nowMs: () => WELL.nowMs, monotonicMs: () => 0 },
    queues: ['shop'],
    dispatching: () => ({ mode: 'postgres', configured: 'redis' }),
    survey: () => Promise.resolve(undefined),
    newEntryId: () => 'entry',
    rebuildQueue: (queue: string) => {
      done.push(`rebuild ${queue}`);
      return Promise.resolve(1);
    },
    rescue: (queues: readonly string[]) => {
      done.push(`rescue ${queues.join()}`);
      return Promise.resolve(2);
    },
  };
  return { doctor: new Doctor(parts as unknown as DoctorParts<unknown>), done, recorded };
}

describe('the doctor', () => {
  it('F86 looks at schema, work, Redis and ledger, and names the worst first', async () => {
    const held = { pid: 42, name: 'psql', state: 'idle in transaction', ageMs: 3_600_000 };
    const { doctor, done } = doctorFor({
      schema: { obstacle: 'it may not' },
      vitals: { orphans: ORPHANS, heldTransactions: [held] },
    });
    expect((await doctor.examine()).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'critical orphaned-jobs',
      'warning redis-away',
      'warning held-transaction',
      'note schema-not-compared',
    ]);
    const missing = doctorFor({ schema: { differences: [MISSING] } });
    expect((await missing.doctor.examine())[0]).toMatchObject({ code: 'index-missing', canFix: true });
    expect(done).toEqual([]);
  });

  it.each<[code: FindingCode, did: string[], says: string[]]>([
    ['index-missing', ['repair'], ['made the index kyu_jobs_due']],
    ['index-invalid', ['repair'], ['made the index kyu_jobs_due']],
    ...(['redis-behind', 'redis-ahead', 'redis-forgot'] as const).map(
      (code): [FindingCode, string[], string[]] => [
        code,
        ['rebuild post', 'rebuild shop'],
        ['told Redis of 1 jobs of the queue "post"', 'told Redis of 1 jobs of the queue "shop"'],
      ],
    ),
    ['orphaned-jobs', ['rescue shop'], ['took back 2 jobs of workers that are known to be dead']],
  ])('F86 fixes %s, says what it did, and leaves it in the trail', async (code, did, says) => {
    const { doctor, done, recorded } = doctorFor({ vitals: { orphans: ORPHANS } });
    expect(await doctor.fix(code, { actor: 'ada' })).toEqual({ code, done: says });
    expect(done).toEqual(did);
    expect(recorded).toMatchObject([{ action: 'fix', actor: 'ada', selection: { code, done: says } }]);
  });

  it('F86 fixes nothing that needs somebody who decides', async () => {
    const { doctor, done, recorded } = doctorFor();
    for (const code of ['bloat', 'no-worker', 'schema-version', 'toString'] as FindingCode[])
      await expect(doctor.fix(code, {})).rejects.toMatchObject({ code: 'KYU_INVALID_QUERY', field: 'code' });
    expect([done, recorded]).toEqual([[], []]);
  });
});
