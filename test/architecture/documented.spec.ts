import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../lib/core/duration.js';
import { KyuError } from '../../lib/core/errors.js';
import { JOB_STATUSES, TRANSITIONS } from '../../lib/core/job-status.js';
import { DEFAULT_DSN, DEFAULT_REDIS, OPTION_DEFAULTS } from '../../lib/core/option-defaults.js';
import * as publicApi from '../../lib/index.js';
import type { Duty } from '../../lib/maintenance/duty-loop.js';
import { CronTicker } from '../../lib/maintenance/cron-ticker.js';
import { Reaper } from '../../lib/maintenance/reaper.js';
import { Reconciler } from '../../lib/maintenance/reconciler.js';
import { Retention } from '../../lib/maintenance/retention.js';
import { Scheduler } from '../../lib/maintenance/scheduler.js';
import { DEFAULT_SYNC_MS, SCHEDULE_DEFAULTS } from '../../lib/core/resolve-schedule.js';
import { METRIC_CATALOGUE } from '../../lib/observability/metric-catalogue.js';
import { DEFAULT_BACKOFF } from '../../lib/core/retry-policy.js';
import { readText, readYaml } from '../support/deploy/repository.js';
import { codeSpans, plain, section, tableRows, type TableRow } from '../support/docs/markdown.js';
import { errorCodes, eventFields, interfaceKeys, type InterfaceKey } from '../support/docs/source-facts.js';

const OPTIONS = 'lib/core/options.ts';
const SCHEDULES = 'lib/core/schedule.ts';
const RETENTION = 'lib/core/retention-options.ts';
const RETENTION_BY_STATUS = interfaceKeys(RETENTION, 'RetentionByStatus');
const JOB_DEFAULTS = interfaceKeys(OPTIONS, 'JobDefaultOptions');
const MODULE_OPTIONS = [
  ...interfaceKeys(OPTIONS, 'KyuOptions'),
  ...interfaceKeys('lib/kyu.options.ts', 'KyuModuleOptions'),
];

/** Every table of docs/options.md, and the keys that it has to have. */
const OPTION_TABLES: [heading: string, keys: InterfaceKey[]][] = [
  ['KyuModuleOptions', MODULE_OPTIONS],
  ['PoolOptions', interfaceKeys(OPTIONS, 'PoolOptions')],
  ['LeaseOptions', interfaceKeys(OPTIONS, 'LeaseOptions')],
  ['RetentionOptions', [...RETENTION_BY_STATUS, ...interfaceKeys(RETENTION, 'RetentionOptions')]],
  ['RetentionRule', interfaceKeys(RETENTION, 'RetentionRule')],
  ['JobDefaultOptions', JOB_DEFAULTS],
  ['BackoffOptions', interfaceKeys(OPTIONS, 'BackoffOptions')],
  ['HandlerOptions', [...interfaceKeys(OPTIONS, 'HandlerOptions'), ...JOB_DEFAULTS]],
  ['EnqueueOptions', interfaceKeys('lib/core/resolve-enqueue-options.ts', 'EnqueueOptions')],
  [
    'ScheduleInput',
    [...interfaceKeys(SCHEDULES, 'ScheduleInput'), ...interfaceKeys(SCHEDULES, 'ScheduleSettings')],
  ],
  ['CronJobOptions', interfaceKeys('lib/handlers/cron-job.decorator.ts', 'CronJobOptions')],
  ['ScheduleProvider', interfaceKeys(SCHEDULES, 'ScheduleProvider')],
  ['KyuMetricsModuleOptions', interfaceKeys('lib/kyu.metrics.module.ts', 'KyuMetricsModuleOptions')],
];

const optionsPage = readText('docs/options.md');

describe('docs/options.md', () => {
  it.each(OPTION_TABLES)('has every option of %s, with its type, and no other', (heading, keys) => {
    const documented = tableRows(section(optionsPage, heading)).map((row) => ({
      name: plain(row['Option']),
      type: plain(row['Type']).replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1'),
    }));
    expect(sortedByName(documented)).toEqual(sortedByName(keys));
  });

  it.each(Object.entries(defaultsByTable()))('has the defaults of %s', (heading, defaults) => {
    expect(documentedDefaults(tableRows(section(optionsPage, heading)))).toMatchObject(defaults);
  });

  it('F123 says the same as the table in the README', () => {
    const short = documentedDefaults(tableRows(section(readText('README.md'), 'Options')));
    const long = documentedDefaults(tableRows(section(optionsPage, 'KyuModuleOptions')));
    expect(Object.keys(short).sort()).toEqual(Object.keys(long).sort());
    const said = Object.entries(short).filter(([, value]) => value !== 'see options.md');
    expect(said.filter(([name, value]) => value !== long[name])).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const rows = tableRows(section(readText('docs/errors.md'), 'Errors'));

  it('has every code that the library can make, and no other', () => {
    const documented = rows.map((row) => plain(row['Code'])).filter((code) => code !== '–');
    expect(documented.sort()).toEqual([...errorCodes()].sort());
  });

  it('has every exported class of errors, and no other', () => {
    const exported = Object.entries(publicApi).filter(([, value]) => isErrorClass(value));
    const documented = new Set(rows.map((row) => plain(row['Class'])).filter((name) => name !== 'internal'));
    expect([...documented].sort()).toEqual(exported.map(([name]) => name).sort());
  });
});

describe('docs/metrics.md', () => {
  const page = readText('docs/metrics.md');

  it('has every metric with its type and labels, and no other', () => {
    const documented = tableRows(page).map((row) => ({
      name: plain(row['Name']),
      type: plain(row['Type']),
      labels: plain(row['Labels']) === '–' ? [] : plain(row['Labels']).split(', '),
    }));
    expect(documented).toEqual(METRIC_CATALOGUE.map(({ name, type, labels }) => ({ name, type, labels })));
  });

  it('names every alert rule that is shipped, and no other', () => {
    const { groups } = readYaml('deploy/prometheus/kyu.rules.yml') as {
      groups: { rules: { alert?: string }[] }[];
    };
    const shipped = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    const named = codeSpans(page).filter((span) => /^Kyu[A-Z]\w+$/.test(span) && !(span in publicApi));
    expect([...new Set(named)].filter((name) => name !== 'KyuMetricsModule').sort()).toEqual(shipped.sort());
  });
});

describe('docs/events.md', () => {
  const page = readText('docs/events.md');
  const engineEvents = tableRows(section(page, 'Engine events'));

  it('has every job event with its type, and no other', () => {
    const documented = tableRows(section(page, 'Job events')).map((row) => ({
      name: plain(row['Event']),
      type: plain(row['Type']),
    }));
    expect(documented).toEqual(interfaceKeys('lib/core/job-events.ts', 'JobEvents'));
  });

  it('has every engine event with its fields, and no other', () => {
    const documented = engineEvents.map((row) => [plain(row['Event']), plain(row['Fields']).split(', ')]);
    expect(documented).toEqual([...eventFields()]);
  });

  it('names only metrics that exist', () => {
    const metrics = new Set<string>(METRIC_CATALOGUE.map(({ name }) => name));
    const named = engineEvents.flatMap((row) => codeSpans(row['Metric'] ?? ''));
    expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  });
});

describe('docs/notifiers.md', () => {
  const page = readText('docs/notifiers.md');

  it('has every option that all notifiers take, with its type, and no other', () => {
    const documented = tableRows(page)
      .filter((row) => row['Option'] !== undefined)
      .map((row) => ({ name: plain(row['Option']), type: plain(row['Type']) }));
    expect(documented).toEqual(interfaceKeys('lib/core/ports/notifier.ts', 'NotifierOptions'));
  });

  it.each([
    ['slack', 'SlackOptions'],
    ['discord', 'DiscordOptions'],
    ['telegram', 'TelegramOptions'],
    ['webhook', 'WebhookOptions'],
  ])('has the options of %s', (name, options) => {
    const row = tableRows(page).find((candidate) => plain(candidate['Notifier']) === name);
    const documented = codeSpans(row?.['Its own options'] ?? '').filter((span) => /^\w+$/.test(span));
    const keys = interfaceKeys(`lib/observability/notifiers/${name}.ts`, options);
    expect(documented).toEqual(keys.map((key) => key.name));
  });
});

describe('docs/opentelemetry.md', () => {
  const page = readText('docs/opentelemetry.md');

  it('has every option, with its type, and no other', () => {
    const documented = tableRows(section(page, 'Options')).map((row) => ({
      name: plain(row['Option']),
      type: plain(row['Type']),
    }));
    const keys = interfaceKeys('lib/observability/otel/open-telemetry.ts', 'KyuOpenTelemetryOptions');
    expect(documented).toEqual(keys);
  });

  it('has every instrument, and no other', () => {
    const source = readText('lib/observability/otel/job-instruments.ts');
    const made = [...source.matchAll(/create\w+\('([\w.]+)'/g)].map(([, name = '']) => name);
    const documented = tableRows(section(page, 'Metrics')).map((row) => plain(row['Instrument']));
    expect(documented.sort()).toEqual(made.sort());
  });

  it('has every attribute, and no other', () => {
    const source = readText('lib/observability/otel/attributes.ts');
    const used = [...source.matchAll(/: '((?:messaging|kyu|error)\.[\w.]+)',/g)].map(([, name = '']) => name);
    const rows = tableRows(section(page, 'Spans')).filter((row) => row['Attribute'] !== undefined);
    const documented = rows.flatMap((row) => codeSpans(row['Attribute'] ?? ''));
    expect(documented.sort()).toEqual(used.sort());
  });
});

describe('docs/state-machine.md', () => {
  const page = readText('docs/state-machine.md');

  it('has every transition, and no other', () => {
    const rows = tableRows(page).filter((row) => row['From'] !== undefined);
    const documented = rows.map((row) => arrow(plain(row['From']), plain(row['Cause']), plain(row['To'])));
    const inCode = JOB_STATUSES.flatMap((from) =>
      Object.entries(TRANSITIONS[from]).map(([cause, to]) => arrow(from, cause, to.join(', '))),
    );
    expect(documented.sort()).toEqual(inCode.sort());
  });

  it('explains every status', () => {
    const rows = tableRows(page).filter((row) => row['Status'] !== undefined);
    expect(rows.map((row) => plain(row['Status']))).toEqual([...JOB_STATUSES]);
  });
});

describe('docs/internals.md', () => {
  it('has the periods of the duties', () => {
    const rows = tableRows(section(readText('docs/internals.md'), 'Loops'));
    const unused = {} as never; // the plans are fixed at construction
    const duties: Duty[] = [
      new Scheduler(unused),
      new Reaper({ leaseMs: 10_000 } as never),
      new Reconciler(unused),
      new CronTicker(unused),
      new Retention({ retention: OPTION_DEFAULTS.retention } as never),
    ];
    for (const { name, plan } of duties) {
      const row = rows.find((candidate) => plain(candidate['Loop']) === name);
      expect(plain(row?.['Period']), name).toMatch(new RegExp(`^${plan.periodMs / 1_000} s(?=$|,)`));
    }
  });
});

/** The defaults as the page writes them. */
function defaultsByTable(): Record<string, Record<string, string>> {
  const { pool, name, role, workers, queueName, queueOrder, schema, metricsPort, ...rest } = OPTION_DEFAULTS;
  const { runOnce, migrationsRun, payloadLimitBytes, dispatchWindow, preparedStatements, autoStart } = rest;
  return {
    KyuModuleOptions: {
      ...asText({ name, role, workers, queueName, queueOrder, schema, metricsPort, runOnce, migrationsRun }),
      ...asText({ payloadLimitBytes, dispatchWindow, preparedStatements, autoStart }),
      dsn: DEFAULT_DSN,
      redis: DEFAULT_REDIS,
      staleJobTimeout: formatDuration(rest.staleJobTimeoutMs),
      shutdownGrace: formatDuration(rest.shutdownGraceMs),
      pollInterval: formatDuration(rest.pollIntervalMs),
    },
    PoolOptions: {
      ...asText({ maxOpen: pool.maxOpen, maxIdle: pool.maxIdle }),
      maxLifetime: formatDuration(pool.maxLifetimeMs),
    },
    LeaseOptions: { beat: formatDuration(rest.beatMs), length: formatDuration(rest.leaseMs) },
    ScheduleInput: {
      ...asText({ timezone: SCHEDULE_DEFAULTS.timezone, missed: SCHEDULE_DEFAULTS.missed }),
      overlap: SCHEDULE_DEFAULTS.overlap,
      missedWindow: formatDuration(SCHEDULE_DEFAULTS.missedWindowMs),
      jitter: formatDuration(SCHEDULE_DEFAULTS.jitterMs),
    },
    ScheduleProvider: { every: formatDuration(DEFAULT_SYNC_MS) },
    RetentionOptions: {
      ...asText({ batchSize: rest.retention.batchSize }),
      every: formatDuration(rest.retention.everyMs),
    },
    JobDefaultOptions: {
      ...asText({ maxRetries: rest.maxRetries }),
      timeout: formatDuration(rest.timeoutMs),
    },
    BackoffOptions: {
      ...asText({
        strategy: DEFAULT_BACKOFF.strategy,
        factor: DEFAULT_BACKOFF.factor,
        power: DEFAULT_BACKOFF.power,
        jitter: DEFAULT_BACKOFF.jitter,
      }),
      base: formatDuration(DEFAULT_BACKOFF.baseMs),
      min: formatDuration(DEFAULT_BACKOFF.minMs),
      max: formatDuration(DEFAULT_BACKOFF.maxMs),
    },
  };
}

function asText(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function documentedDefaults(rows: readonly TableRow[]): Record<string, string> {
  return Object.fromEntries(rows.map((row) => [plain(row['Option']), plain(row['Default'])]));
}

function sortedByName(keys: readonly InterfaceKey[]): InterfaceKey[] {
  return [...keys].sort((left, right) => left.name.localeCompare(right.name));
}

function isErrorClass(value: unknown): boolean {
  return typeof value === 'function' && (value === KyuError || value.prototype instanceof KyuError);
}

function arrow(from: string, cause: string, to: string): string {
  return `${from} --${cause}--> ${to}`;
}
