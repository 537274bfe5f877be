import { TypeOrmModule } from '@nestjs/typeorm';
import {
  JobHandler,
  KyuAttemptEntity,
  kyuEntities,
  KyuJobEntity,
  kyuMigrations,
  KyuModule,
  KyuProducer,
  KyuSchemaVersionError,
  KyuWorkerEntity,
  printMigrations,
} from 'nestjs-kyu';
import { Client } from 'pg';
import { DataSource, EntitySchema, type DataSourceOptions } from 'typeorm';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { LEDGER_MIGRATIONS, LEDGER_VERSION } from '../../migrations/index.js';
import { closeOnce, openApp, startApp, startError } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

class Echo {
  @JobHandler('echo')
  run(payload: unknown): unknown {
    return payload;
  }
}

async function openLedger(): Promise<TestLedger> {
  const ledger = await TestLedger.open('migrations');
  onTestFinished(() => ledger.close());
  return ledger;
}

async function openDataSource(options: Partial<DataSourceOptions> = {}): Promise<DataSource> {
  const source = new DataSource({
    ...options,
    type: 'postgres',
    url: inject('databaseUrl'),
  } as DataSourceOptions);
  await source.initialize();
  onTestFinished(() => source.destroy());
  return source;
}

/** Plain execution of a script, as psql would do it. */
async function execute(script: string): Promise<void> {
  const client = new Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query(script);
  } finally {
    await client.end();
  }
}

/** Everything that makes up a schema, without its name: columns, constraints, indexes and storage settings. */
async function describeSchema(ledger: TestLedger): Promise<string[]> {
  const nameless = (text: string): string => text.replaceAll(ledger.schema, '<schema>');
  const rows = await ledger.sql<{ line: string }>(
    `select concat_ws(' ', 'column', c.table_name, c.ordinal_position, c.column_name, c.data_type, c.udt_name,
       c.is_nullable, c.column_default) as line
     from information_schema.columns c where c.table_schema = $1
     union all
     select concat_ws(' ', 'index', indexdef) from pg_indexes where schemaname = $1
     union all
     select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
     from pg_constraint where connamespace = $1::regnamespace
     union all
     select concat_ws(' ', 'options', relname, relkind, array_to_string(reloptions, ','))
     from pg_class where relnamespace = $1::regnamespace
     union all
     select concat_ws(' ', 'version', version, name) from kyu_schema_versions
     order by line`,
    [ledger.schema],
  );
  return rows.map(({ line }) => nameless(line));
}

async function tablesIn(ledger: TestLedger): Promise<string[]> {
  const rows = await ledger.sql<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = $1 order by 1',
    [ledger.schema],
  );
  return rows.map(({ name }) => name);
}

async function migrate(ledger: TestLedger): Promise<void> {
  await closeOnce(await openApp({ kyu: ledger.options({ role: 'producer', redis: false }) }));
}

describe('migrationsRun', () => {
  it('F75 makes the schema, and does nothing the next time', async () => {
    const ledger = await openLedger();
    await migrate(ledger);
    const made = await describeSchema(ledger);
    expect(made.filter((line) => line.startsWith('version'))).toEqual(
      LEDGER_MIGRATIONS.map(({ version, name }) => `version ${version} ${name}`),
    );
    expect(made.length).toBeGreaterThan(50);
    await migrate(ledger);
    expect(await describeSchema(ledger)).toEqual(made);
  });

  it('F75 is safe when ten processes start at once', async () => {
    const ledger = await openLedger();
    const kyu = ledger.options();
    const beganMs = performance.now();
    const apps = await Promise.all(Array.from({ length: 10 }, () => startApp({ providers: [Echo], kyu })));
    console.log(
      `Ten applications that start at once on an empty database: ${Math.round(performance.now() - beganMs)} ms.`,
    );
    const versions = await ledger.sql('select version from kyu_schema_versions order by version');
    expect(versions).toEqual(LEDGER_MIGRATIONS.map(({ version }) => ({ version })));
    const alive = await ledger.sql(`select from kyu_workers where state = 'alive'`);
    expect(alive).toHaveLength(10);
    const { id } = await apps[9]!.get(KyuProducer).enqueue('echo', 'works'); // ten were started
    expect(await ledger.ends(id)).toMatchObject({ result: 'works' });
  });
});

describe('a schema that is not what this release needs', () => {
  async function refusal(ledger: TestLedger, migrationsRun = false): Promise<Error> {
    const error = await startError({
      kyu: ledger.options({ migrationsRun, role: 'producer', redis: false }),
    });
    expect(error).toBeInstanceOf(KyuSchemaVersionError);
    expect(error).toMatchObject({ code: 'KYU_SCHEMA_VERSION' });
    expect(error.message).toContain(`schema "${ledger.schema}"`);
    return error;
  }

  it('and that is missing: the start says how to make it, and makes nothing', async () => {
    const ledger = await openLedger();
    const { message } = await refusal(ledger);
    expect(message).toContain('tables are missing');
    expect(message).toContain('migrationsRun: true');
    expect(message).toContain('kyuMigrations()');
    expect(await tablesIn(ledger)).toEqual([]);
  });

  it('and that is older: the start says both versions, and changes nothing', async () => {
    const ledger = await openLedger();
    await migrate(ledger);
    await ledger.sql('delete from kyu_schema_versions where version = $1', [LEDGER_VERSION]);
    await ledger.sql(`insert into kyu_schema_versions (version, name) values (0, 'Ancient')`);
    const { message } = await refusal(ledger);
    expect(message).toMatch(LEDGER_VERSION === 1 ? /tables are missing/ : /needs version/);
  });

  it.each([[false], [true]])(
    'and that is newer: the start leaves it alone (migrationsRun %s)',
    async (run) => {
      const ledger = await openLedger();
      await migrate(ledger);
      await ledger.sql(`insert into kyu_schema_versions (version, name) values (99, 'FromTheFuture')`);
      const before = await describeSchema(ledger);
      const { message } = await refusal(ledger, run);
      expect(message).toContain(`version 99, newer than version ${LEDGER_VERSION}`);
      expect(message).toContain('Upgrade nestjs-kyu');
      expect(await describeSchema(ledger)).toEqual(before);
    },
  );
});

describe('migrations by hand', () => {
  it('printed as SQL, lead to the same schema, which an application then uses, and back to nothing', async () => {
    const migrated = await openLedger();
    await migrate(migrated);
    const byHand = await openLedger();
    await execute(printMigrations(byHand.schema));
    expect(await describeSchema(byHand)).toEqual(await describeSchema(migrated));

    const app = await openApp({ providers: [Echo], kyu: byHand.options({ migrationsRun: false }) });
    const { id } = await app.get(KyuProducer).enqueue('echo', 'by hand');
    expect(await byHand.ends(id)).toMatchObject({ result: 'by hand' });
    await closeOnce(app);

    await execute(printMigrations(byHand.schema, LEDGER_VERSION, 0));
    expect(await tablesIn(byHand)).toEqual(['kyu_schema_versions']);
    expect(await byHand.sql('select from kyu_schema_versions')).toEqual([]);
    await migrate(byHand);
    expect(await describeSchema(byHand)).toEqual(await describeSchema(migrated));
  });

  it('printed in steps, add up to the whole', () => {
    const upwards = LEDGER_MIGRATIONS.map(({ version }) => printMigrations('kyu', version - 1, version));
    const statementsOf = (script: string): string[] =>
      script
        .split(/;\n/)
        .map((statement) => statement.trim())
        .filter((text) => !['', 'begin', 'commit'].includes(text));
    expect(upwards.flatMap(statementsOf)).toEqual(statementsOf(printMigrations('kyu')));
    expect(statementsOf(printMigrations('kyu', LEDGER_VERSION, LEDGER_VERSION))).toEqual([]);
  });
});

describe("the application's own migrations", () => {
  it('run those of Kyu with their own, up and down, and both ways may be mixed', async () => {
    const ledger = await openLedger();
    const migrations = kyuMigrations(ledger.schema);
    const table = `migrations_of_${ledger.schema}`;
    const source = await openDataSource({ migrations, migrationsTableName: table });
    onTestFinished(async () => void (await ledger.sql(`drop table if exists public."${table}"`)));
    const ran = await source.runMigrations({ transaction: 'all' });
    expect(ran.map(({ name }) => name)).toEqual(LEDGER_MIGRATIONS.map(({ name }) => name));
    const byTypeOrm = await describeSchema(ledger);

    const reference = await openLedger();
    await migrate(reference);
    expect(byTypeOrm).toEqual(await describeSchema(reference));
    // Kyu finds what it needs, and TypeORM does nothing where Kyu has run them already.
    await migrate(ledger);
    expect(await describeSchema(ledger)).toEqual(byTypeOrm);
    await ledger.sql(`delete from public."${table}"`);
    await source.runMigrations();
    expect(await describeSchema(ledger)).toEqual(byTypeOrm);

    for (const _ of LEDGER_MIGRATIONS) await source.undoLastMigration();
    expect(await tablesIn(ledger)).toEqual(['kyu_schema_versions']);
  });
});

describe("the application's synchronize", () => {
  class Order {
    id!: number; // set by the ORM
  }

  it.each([[false], [true]])(
    "leaves Kyu's tables alone (kyuEntities among its entities: %s)",
    async (shared) => {
      const ledger = await openLedger();
      await migrate(ledger);
      const before = await describeSchema(ledger);
      const order = new EntitySchema<Order>({
        name: 'Order',
        target: Order,
        tableName: 'orders',
        schema: ledger.schema,
        columns: { id: { type: Number, primary: true, generated: true } },
      });
      const entities = shared ? [order, ...kyuEntities(ledger.schema)] : [order];
      const options = ledger.options();
      const kyu = KyuModule.forRootAsync({
        inject: [DataSource],
        useFactory: (dataSource: DataSource) => ({ ...options, dsn: undefined, dataSource }),
      });
      const app = await startApp({
        imports: [
          TypeOrmModule.forRoot({
            type: 'postgres',
            url: inject('databaseUrl'),
            entities,
            synchronize: true,
          }),
          kyu,
        ],
        providers: [Echo],
      });
      const { id } = await app.get(KyuProducer).enqueue('echo', 'still here');
      expect(await ledger.ends(id)).toMatchObject({ result: 'still here' });
      expect(await tablesIn(ledger)).toContain('orders');
      await app.get(DataSource).synchronize();
      const after = await describeSchema(ledger);
      expect(after.filter((line) => /kyu_|^version/.test(line))).toEqual(before);
      expect(after.length).toBeGreaterThan(before.length);
    },
  );
});

describe('a job', () => {
  it('F72 has every field that the queues before it had, and a row for each of its runs', async () => {
    const ledger = await openLedger();
    await migrate(ledger);
    const columnsOf = async (table: string): Promise<string[]> => {
      const rows = await ledger.sql<{ name: string }>(
        'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped',
        [table],
      );
      return rows.map(({ name }) => name);
    };
    const jobs = [
      ...[
        'id',
        'job_type',
        'queue',
        'priority',
        'payload',
        'status',
        'created_at',
        'updated_at',
        'scheduled_at',
      ],
      ...[
        'locked_at',
        'locked_by',
        'completed_at',
        'retry_count',
        'max_retries',
        'timeout_ms',
        'deadline_at',
      ],
      ...['unique_key', 'error_message', 'deleted_at', 'result', 'progress', 'tags', 'parent_id', 'run'],
    ];
    expect(await columnsOf('kyu_jobs')).toEqual(expect.arrayContaining(jobs));
    // When a run was attempted, by whom, with which error: once per run, and not only for the last.
    const runs = ['job_id', 'run', 'attempt', 'worker_id', 'started_at', 'finished_at', 'error_message'];
    expect(await columnsOf('kyu_attempts')).toEqual(expect.arrayContaining(runs));
  });
});

describe('the entities', () => {
  it('have the columns of the tables, and read them', async () => {
    const ledger = await openLedger();
    const kyu = ledger.options();
    const app = await startApp({ providers: [Echo], kyu });
    const source = await openDataSource({ entities: kyuEntities(ledger.schema) });
    for (const entity of [KyuJobEntity, KyuAttemptEntity, KyuWorkerEntity]) {
      const { tableName, columns, primaryColumns } = source.getMetadata(entity);
      const inEntity = columns.map(
        ({ databaseName, type, isArray, isNullable }) =>
          `${databaseName} ${String(type)}${isArray ? '[]' : ''} ${isNullable}`,
      );
      const inTable = await ledger.sql<{ name: string; type: string; nullable: boolean; key: boolean }>(
        `select attname as name, format_type(atttypid, null) as type, not attnotnull as nullable,
           exists (select from pg_index where indrelid = attrelid and indisprimary and attnum = any (indkey)) as key
         from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
        [tableName],
      );
      const typeNames: Record<string, string> = { 'timestamp with time zone': 'timestamptz' };
      expect(inEntity.sort()).toEqual(
        inTable.map(({ name, type, nullable }) => `${name} ${typeNames[type] ?? type} ${nullable}`).sort(),
      );
      expect(primaryColumns.map(({ databaseName }) => databaseName).sort()).toEqual(
        inTable
          .filter(({ key }) => key)
          .map(({ name }) => name)
          .sort(),
      );
    }
    const { id } = await app.get(KyuProducer).enqueue('echo', { some: 'thing' });
    await ledger.reaches(id, 'completed');
    expect(await source.getRepository(KyuJobEntity).findOneByOrFail({ id })).toMatchObject({
      jobType: 'echo',
      status: 'completed',
      queue: kyu.queueName,
      result: { some: 'thing' },
      completedAt: expect.any(Date),
    });
    const [attempt] = await source.getRepository(KyuAttemptEntity).findBy({ jobId: id });
    expect(attempt).toMatchObject({ run: 1, outcome: 'completed' });
    const worker = await source.getRepository(KyuWorkerEntity).findOneByOrFail({ id: attempt!.workerId }); // it ran
    expect(worker).toMatchObject({ state: 'alive', pid: process.pid, queues: [kyu.queueName] });
  });
});
