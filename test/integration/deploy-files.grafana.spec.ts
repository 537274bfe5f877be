import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import {
  composeFile,
  environmentOf,
  pathInContainer,
  portOf,
  serviceOf,
} from '../support/deploy/compose-file.js';
import { kyuMetrics, processMetrics, prometheusMetrics } from '../support/deploy/expected-metrics.js';
import {
  BOARD_FOLDER,
  BOARD_PATHS,
  boardExpressions,
  boards,
  dashboardProviders,
  dataSourceOf,
  expressionsOf,
  HOME_BOARD,
  metricOfVariable,
  panelsWithData,
  variablesIn,
  withoutVariables,
} from '../support/deploy/grafana-files.js';
import { faultsOf, seriesOf } from '../support/deploy/metric-names.js';
import { prometheusConfig, recordedMetrics } from '../support/deploy/prometheus-files.js';
import { readPromql } from '../support/deploy/promql.js';
import { inRepository } from '../support/deploy/repository.js';
import { requirePromtool } from '../support/require-promtool.js';

const metricsOnBoards = [...kyuMetrics, ...processMetrics, ...prometheusMetrics, ...recordedMetrics()];
const FETCHING_MS = 300_000;

/** What people ask of such boards, and which panel of which board answers. */
const ANSWERS: [question: string, board: string, panel: string][] = [
  ['how many jobs were enqueued', 'Kyu Job Scheduler', 'Total Jobs'],
  ['how many completed', 'Kyu Job Scheduler', 'Completed Jobs'],
  ['how many runs failed', 'Kyu Job Scheduler', 'Total Failures'],
  ['how many died', 'Kyu Job Scheduler', 'Dead Jobs'],
  ['how many runs were settled', 'Kyu Job Scheduler', 'Settled Runs'],
  ['how deep the queue is now', 'Kyu Job Scheduler', 'Queue Depth'],
  ['how busy Node.js is now', 'Kyu Job Scheduler', 'Event-Loop Lag'],
  ['how much memory is used now', 'Kyu Job Scheduler', 'Heap Used'],
  ['how often garbage was collected', 'Kyu Job Scheduler', 'GC Cycles'],
  ['what became of the jobs', 'Kyu Job Scheduler', 'Jobs Processed by Status'],
  ['which types fail', 'Kyu Job Scheduler', 'Failures by Job Type'],
  ['how deep the queue was', 'Kyu Job Scheduler', 'Queue Depth Over Time'],
  ['how busy Node.js was', 'Kyu Job Scheduler', 'Event-Loop Lag Over Time'],
  ['how much memory was used', 'Kyu Job Scheduler', 'Memory Over Time'],
  ['how much is in flight now', 'Kyu Job Scheduler', 'Jobs in Flight'],
  ['how much was in flight', 'Kyu Job Scheduler', 'Jobs in Flight Over Time'],
  ['which part of the runs fails now', 'Kyu Job Scheduler', 'Error Ratio'],
  ['what comes in, by type', 'Kyu Queue', 'Enqueue Rate by Type'],
  ['what goes out, by outcome', 'Kyu Queue', 'Runs by Outcome'],
  ['how long runs take, by type', 'Kyu Queue', 'Run Duration by Type'],
  ['how long callers of enqueue wait', 'Kyu Queue', 'Enqueue Duration'],
  ['what kind of errors there are, by type', 'Kyu Queue', 'Error Rate by Type and Kind'],
  ['which part of the runs of a type fails', 'Kyu Queue', 'Error Ratio by Type'],
  ['what each process carries', 'Kyu Workers', 'Jobs in Flight by Process'],
  ['which handles are open', 'Kyu Workers', 'Open Handles'],
  ['whether Redis is used', 'Kyu Reliability', 'Dispatcher Mode Over Time'],
  ['what ran twice', 'Kyu Reliability', 'Lost Leases'],
];
const WITH_QUANTILES = [
  'Wait Time',
  'Run Duration',
  'Run Duration by Type',
  'Wait Time by Type',
  'Enqueue Duration',
];

describe('The Grafana boards', () => {
  it('are four, and no other file lies beside them', () => {
    const files = readdirSync(inRepository(BOARD_FOLDER)).map((name) => `${BOARD_FOLDER}/${name}`);

    expect(files.sort()).toEqual([...BOARD_PATHS].sort());
    expect(boards().map(({ title }) => title)).toEqual([
      'Kyu Job Scheduler',
      'Kyu Queue',
      'Kyu Workers',
      'Kyu Reliability',
    ]);
  });

  it('have addresses that last, and lead to each other with what was chosen', () => {
    expect(boards().map(({ uid }) => uid)).toEqual([
      'kyu-dashboard',
      'kyu-queue',
      'kyu-workers',
      'kyu-reliability',
    ]);
    for (const { links, tags } of boards()) {
      expect(tags).toEqual(['kyu', 'job-scheduler']);
      expect(links).toMatchObject([{ type: 'dashboards', tags: ['kyu'], includeVars: true, keepTime: true }]);
    }
  });

  it.each(ANSWERS)('F110 answer %s', (_question, title, name) => {
    const board = boards().find((candidate) => candidate.title === title);
    const panel = board?.panels.find((candidate) => candidate.title === name);

    expect(panel?.targets?.length).toBeGreaterThan(0);
  });

  it('F110 show every metric of the list', () => {
    const series = seriesOf(kyuMetrics);
    const shown = boardExpressions().flatMap(({ expr }) =>
      readPromql(withoutVariables(expr)).selectors.map(({ metric }) => series.get(metric)?.metric.name),
    );

    expect(kyuMetrics.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('F110 show times as p50, p95 and p99', () => {
    for (const name of WITH_QUANTILES) {
      const expressions = boardExpressions().filter(({ panel }) => panel === name);
      const quantiles = expressions.map(({ expr }) => /histogram_quantile\(([\d.]+),/.exec(expr)?.[1]);
      expect(quantiles, name).toEqual(['0.5', '0.95', '0.99']);
    }
  });

  it('name process metrics as prom-client does', () => {
    const registry = new Registry();
    onTestFinished(() => registry.clear());
    collectDefaultMetrics({ register: registry });
    const existing = registry.getMetricsAsArray().map(({ name }) => name);

    expect(existing).toEqual(expect.arrayContaining(processMetrics.map(({ name }) => name)));
  });

  it(
    'hold only expressions that Prometheus can read',
    async () => {
      const promtool = await requirePromtool((line) => process.stderr.write(`${line}\n`));
      const folder = await mkdtemp(join(tmpdir(), 'kyu-board-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const file = join(folder, 'board.rules.yml');
      const rules = boardExpressions().map(({ expr }, index) => ({
        record: `board:expression:${index}`,
        expr: withoutVariables(expr),
      }));
      await writeFile(file, stringify({ groups: [{ name: 'board', rules }] }));

      const { stdout } = await promisify(execFile)(promtool, ['check', 'rules', file]);

      expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    },
    FETCHING_MS,
  );
});

describe.each(boards())('The board $title', (board) => {
  const { description, panels, refresh, templating, time } = board;

  it('says what it is for, and begins with the last hour, anew every 15 seconds', () => {
    expect(description).not.toBe('');
    expect({ refresh, time }).toEqual({ refresh: '15s', time: { from: 'now-1h', to: 'now' } });
  });

  it('gives every panel its own id, a title and a place of its own', () => {
    const ids = panels.map(({ id }) => id);
    const titles = panels.map(({ title }) => title);
    const overlaps = panels.flatMap((one, index) =>
      panels.slice(index + 1).filter(({ gridPos: b }) => {
        const a = one.gridPos;
        return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
      }),
    );

    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles).not.toContain('');
    expect(overlaps).toEqual([]);
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  });

  it('explains every panel', () => {
    expect(panelsWithData(board).filter((panel) => !panel.description)).toEqual([]);
  });

  it('asks in every panel, target and variable the data source that is provisioned', () => {
    const { uid } = dataSourceOf('prometheus');
    const withData = panelsWithData(board);
    const asked = [
      ...withData.map(({ datasource }) => datasource),
      ...withData.flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource)),
      ...templating.list.map(({ datasource }) => datasource),
    ];

    expect(withData.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
    for (const reference of asked) expect(reference).toEqual({ type: 'prometheus', uid });
  });

  it.each(expressionsOf(board))(
    'names in $panel only metrics that exist, joined in the right way',
    ({ expr }) => {
      expect(faultsOf(withoutVariables(expr), metricsOnBoards)).toEqual([]);
    },
  );

  it('fills its variables from metrics that exist, offers all of them at once, and uses no other variable', () => {
    const known = seriesOf(metricsOnBoards);
    for (const { definition, includeAll, multi } of templating.list) {
      const { expr, label } = metricOfVariable(definition);
      const [selector] = readPromql(expr).selectors;
      expect(known.get(selector?.metric ?? '')?.labels, definition).toContain(label);
      expect([includeAll, multi]).toEqual([true, true]);
    }

    const used = expressionsOf(board).flatMap(({ expr }) => variablesIn(expr));
    expect(new Set(used)).toEqual(new Set(templating.list.map(({ name }) => name)));
  });
});

describe('The Grafana of the stack', () => {
  const file = composeFile();

  it('reaches Prometheus, and knows how often it scrapes', () => {
    const source = dataSourceOf('prometheus');

    expect(source.url).toBe(`http://prometheus:${portOf(file, 'prometheus')}`);
    expect(source.jsonData?.timeInterval).toBe(prometheusConfig().global.scrape_interval);
  });

  it('reaches Jaeger where people reach it too', () => {
    expect(dataSourceOf('jaeger').url).toBe(`http://jaeger:${portOf(file, 'jaeger')}`);
  });

  it('finds its provisioning, and the boards where the provider looks for them', () => {
    const [provider] = dashboardProviders().providers;

    expect(pathInContainer(file, 'grafana', 'deploy/grafana/provisioning/datasources/kyu.yml')).toBe(
      '/etc/grafana/provisioning/datasources/kyu.yml',
    );
    expect(pathInContainer(file, 'grafana', 'deploy/grafana/provisioning/dashboards/kyu.yml')).toBe(
      '/etc/grafana/provisioning/dashboards/kyu.yml',
    );
    for (const path of BOARD_PATHS) {
      const name = path.slice(BOARD_FOLDER.length);
      expect(pathInContainer(file, 'grafana', path)).toBe(`${provider?.options.path}${name}`);
    }
  });

  it('opens with the overview', () => {
    expect(environmentOf(file, 'grafana')['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      pathInContainer(file, 'grafana', HOME_BOARD),
    );
  });

  it('lets everybody look, and only look, on a laptop', () => {
    expect(environmentOf(file, 'grafana')).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    });
    expect(serviceOf(file, 'grafana').ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });
});
