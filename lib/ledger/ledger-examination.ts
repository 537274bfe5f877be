import { randomBytes } from 'node:crypto';
import { LEDGER_MIGRATIONS } from '../../migrations/index.js';
import type {
  HeldTransaction,
  LedgerExamination,
  LedgerVitals,
  SchemaDifference,
  SchemaExamination,
  TableHealth,
} from '../core/ports/ledger-examination.js';
import { BoundedReadings } from './bounded-readings.js';
import type { LedgerConnection } from './ledger-connection.js';
import { codeOf } from './postgres-errors.js';
import { SchemaMigrator } from './schema-migrator.js';
import { describeSchema } from './statements/describe-schema.sql.js';
import { readVitals } from './statements/read-vitals.sql.js';

/** Nothing that happens here may wait for others, or make them wait. */
const COMPARING_SETTINGS = `set local lock_timeout = '1s'; set local statement_timeout = '10s'`;
const NOT_ALLOWED = '42501';

/** The doctor's door to PostgreSQL. */
export class PostgresLedgerExamination implements LedgerExamination {
  private readonly readings: BoundedReadings;

  constructor(private readonly connection: LedgerConnection) {
    this.readings = new BoundedReadings(connection);
  }

  async schema(): Promise<SchemaExamination> {
    const { schema } = this.connection.book;
    const state = await new SchemaMigrator(this.connection, schema).state();
    // A newer release may have made what this one does not know, and what an older one lacks is no drift.
    if (state.version !== state.needed) return { ...state, differences: [], obstacle: null };
    try {
      const differences = (await this.compare()).map(({ difference }) => difference);
      return { ...state, differences, obstacle: null };
    } catch (error) {
      if (codeOf(error) !== NOT_ALLOWED) throw error;
      const obstacle = 'the user of this connection may not create a schema beside the real one';
      return { ...state, differences: [], obstacle };
    }
  }

  async vitals(): Promise<LedgerVitals> {
    const statement = { template: readVitals, values: [this.connection.book.schema] };
    const [row] = await this.readings.query<VitalsRow>('The examination', statement);
    if (row === undefined) throw new Error('PostgreSQL answered no row to a question that always has one.');
    return {
      nowMs: Number(row.now_ms),
      producerSkewMs: row.producer_skew_ms,
      orphans: row.orphans,
      tables: row.tables,
      heldTransactions: row.held,
      lateDuties: row.late_duties,
    };
  }

  async repairIndexes(): Promise<string[]> {
    const broken = (await this.compare()).filter(({ difference }) => difference.kind.startsWith('index-'));
    for (const { difference, repair } of broken) {
      // Beside those who write: neither statement may be in a transaction.
      if (difference.kind === 'index-invalid') {
        await this.connection.dataSource.query(
          `drop index concurrently if exists ${this.quoted}.${difference.name}`,
        );
      }
      await this.connection.dataSource.query(repair);
    }
    return broken.map(({ difference }) => difference.name);
  }

  private get quoted(): string {
    return `"${this.connection.book.schema}"`;
  }

  /** The migrations say what there should be: they run in a schema of their own, in a transaction that is taken back. */
  private async compare(): Promise<Compared[]> {
    const scratch = `kyu_doctor_${randomBytes(4).toString('hex')}`;
    const runner = this.connection.dataSource.createQueryRunner();
    const { text } = this.connection.book.get(describeSchema);
    try {
      await runner.startTransaction('READ COMMITTED');
      await runner.query(COMPARING_SETTINGS);
      await runner.query(`create schema "${scratch}"`);
      for (const migration of LEDGER_MIGRATIONS) {
        for (const statement of migration.up(`"${scratch}"`)) await runner.query(statement);
      }
      const expected = (await runner.query(text, [scratch])) as PartRow[];
      const found = (await runner.query(text, [this.connection.book.schema])) as PartRow[];
      return this.differences(expected, found, scratch);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }

  private differences(expected: readonly PartRow[], found: readonly PartRow[], scratch: string): Compared[] {
    const there = new Map(found.map((part) => [`${part.kind} ${part.name}`, part]));
    const real = (definition: string): string => definition.replaceAll(`${scratch}.`, `${this.quoted}.`);
    // A table that is missing is one difference, and not one for each of its parts.
    const isOfMissing = ({ kind, name }: PartRow): boolean =>
      kind !== 'table' && kind !== 'index' && !there.has(`table ${name.split('.')[0] ?? ''}`);
    return expected.flatMap((part) => {
      if (isOfMissing(part)) return [];
      const kind = differenceOf(part, there.get(`${part.kind} ${part.name}`));
      if (kind === undefined) return [];
      const repair = real(part.definition).replace(
        /^CREATE (UNIQUE )?INDEX /,
        'CREATE $1INDEX CONCURRENTLY ',
      );
      const isThere = there.get(`${part.kind} ${part.name}`)?.definition ?? null;
      const difference = { kind, name: part.name, expected: real(part.definition), found: isThere };
      return [{ difference, repair }];
    });
  }
}

interface Compared {
  readonly difference: SchemaDifference;
  readonly repair: string;
}

function differenceOf(expected: PartRow, found: PartRow | undefined): SchemaDifference['kind'] | undefined {
  if (found === undefined) return `${expected.kind}-missing`;
  if (expected.kind === 'index' && !found.is_valid) return 'index-invalid';
  const differs = expected.kind === 'column' && found.definition !== expected.definition;
  return differs ? 'column-differs' : undefined;
}

interface PartRow {
  readonly kind: 'table' | 'column' | 'index' | 'constraint';
  readonly name: string;
  readonly definition: string;
  readonly is_valid: boolean;
}

interface VitalsRow {
  readonly now_ms: string;
  readonly producer_skew_ms: number | null;
  readonly orphans: { readonly queue: string; readonly count: number }[];
  readonly tables: TableHealth[];
  readonly held: HeldTransaction[];
  readonly late_duties: { readonly duty: string; readonly queue: string; readonly lateMs: number }[];
}
