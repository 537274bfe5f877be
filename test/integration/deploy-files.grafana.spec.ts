import { execFile } from 'node:child_process';
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
  publishedPorts,
} from '../support/deploy/compose-file.js';
import { kyuMetrics, processMetrics } from '../support/deploy/expected-metrics.js';
import {
  board,
  BOARD_PATH,
  boardExpressions,
  dashboardProviders,
  dataSources,
  metricOfVariable,
  panelsWithData,
  variablesIn,
  withoutVariables,
} from '../support/deploy/grafana-files.js';
import { faultsOf, seriesOf } from '../support/deploy/metric-names.js';
import { prometheusConfig } from '../support/deploy/prometheus-files.js';
import { readPromql } from '../support/deploy/promql.js';
import { requirePromtool } from '../support/require-promtool.js';

const metricsOnBoard = [...kyuMetrics, ...processMetrics];
const FETCHING_MS = 300_000;

describe('The Grafana board', () => {
  const { uid, title, tags, refresh, time, panels, templating } = board();

  it('is the one that people know by its address', () => {
    expect({ uid, title, tags, refresh, time }).toEqual({
      uid: 'kyu-dashboard',
      title: 'Kyu Job Scheduler',
      tags: ['kyu', 'job-scheduler'],
      refresh: '15s',
      time: { from: 'now-1h', to: 'now' },
    });
  });

  it('gives every panel its own id, a title and a place of its own', () => {
    const ids = panels.map(({ id }) => id);
    const overlaps = panels.flatMap((one, index) =>
      panels.slice(index + 1).filter(({ gridPos: b }) => {
        const a = one.gridPos;
        return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
      }),
    );

    expect(new Set(ids).size).toBe(ids.length);
    expect(panels.filter((panel) => panel.title === '')).toEqual([]);
    expect(overlaps).toEqual([]);
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  });

  it('explains every panel', () => {
    expect(panelsWithData().filter((panel) => !panel.description)).toEqual([]);
  });

  it('asks in every panel, target and variable the data source that is provisioned', () => {
    const [source, ...others] = dataSources().datasources;
    const asked = [
      ...panelsWithData().map(({ datasource }) => datasource),
      ...panelsWithData().flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource)),
      ...templating.list.map(({ datasource }) => datasource),
    ];

    expect(others).toEqual([]);
    expect(panelsWithData().filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
    for (const reference of asked) expect(reference).toEqual({ type: 'prometheus', uid: source?.uid });
  });

  it.each(boardExpressions())(
    'names in $panel only metrics that exist, joined in the right way',
    ({ expr }) => {
      expect(faultsOf(withoutVariables(expr), metricsOnBoard)).toEqual([]);
    },
  );

  it('fills its variables from metrics that exist, and uses no other variable', () => {
    const known = seriesOf(metricsOnBoard);
    for (const { definition } of templating.list) {
      const { expr, label } = metricOfVariable(definition);
      const [selector] = readPromql(expr).selectors;
      expect(known.get(selector?.metric ?? '')?.labels, definition).toContain(label);
    }

    const used = boardExpressions().flatMap(({ expr }) => variablesIn(expr));
    expect(new Set(used)).toEqual(new Set(templating.list.map(({ name }) => name)));
  });

  it('F110 shows every metric of the list', () => {
    const series = seriesOf(kyuMetrics);
    const shown = boardExpressions().flatMap(({ expr }) =>
      readPromql(withoutVariables(expr)).selectors.map(({ metric }) => series.get(metric)?.metric.name),
    );

    expect(kyuMetrics.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('names process metrics as prom-client does', () => {
    const registry = new Registry();
    onTestFinished(() => registry.clear());
    collectDefaultMetrics({ register: registry });
    const existing = registry.getMetricsAsArray().map(({ name }) => name);

    expect(existing).toEqual(expect.arrayContaining(processMetrics.map(({ name }) => name)));
  });

  it(
    'holds only expressions that Prometheus can read',
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

describe('The Grafana of the stack', () => {
  const file = composeFile();

  it('reaches Prometheus, and knows how often it scrapes', () => {
    const prometheus = publishedPorts(file).find(({ service }) => service === 'prometheus');
    const [source] = dataSources().datasources;

    expect(source).toMatchObject({
      type: 'prometheus',
      url: `http://prometheus:${prometheus?.containerPort}`,
    });
    expect(source?.jsonData.timeInterval).toBe(prometheusConfig().global.scrape_interval);
  });

  it('finds its provisioning, and the board where the provider looks for it', () => {
    const [provider] = dashboardProviders().providers;
    const boardInContainer = pathInContainer(file, 'grafana', BOARD_PATH);

    expect(pathInContainer(file, 'grafana', 'deploy/grafana/provisioning/datasources/prometheus.yml')).toBe(
      '/etc/grafana/provisioning/datasources/prometheus.yml',
    );
    expect(pathInContainer(file, 'grafana', 'deploy/grafana/provisioning/dashboards/kyu.yml')).toBe(
      '/etc/grafana/provisioning/dashboards/kyu.yml',
    );
    expect(boardInContainer).toBe(`${provider?.options.path}/kyu-dashboard.json`);
    expect(environmentOf(file, 'grafana')['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      boardInContainer,
    );
  });

  it('lets everybody look, and only look', () => {
    expect(environmentOf(file, 'grafana')).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    });
  });
});
