import { readJson, readYaml } from './repository.js';

export const BOARD_PATH = 'deploy/grafana/dashboards/kyu-dashboard.json';

interface DataSourceReference {
  type: string;
  uid: string;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: DataSourceReference;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string; datasource: DataSourceReference }[];
}

export interface Board {
  uid: string;
  title: string;
  refresh: string;
  tags: string[];
  time: { from: string; to: string };
  templating: { list: { name: string; definition: string; datasource: DataSourceReference }[] };
  panels: Panel[];
}

export interface DataSources {
  datasources: { uid: string; type: string; url: string; jsonData: { timeInterval: string } }[];
}

export interface DashboardProviders {
  providers: { type: string; options: { path: string } }[];
}

export function board(): Board {
  return readJson(BOARD_PATH) as Board;
}

export function dataSources(): DataSources {
  return readYaml('deploy/grafana/provisioning/datasources/prometheus.yml') as DataSources;
}

export function dashboardProviders(): DashboardProviders {
  return readYaml('deploy/grafana/provisioning/dashboards/kyu.yml') as DashboardProviders;
}

export function panelsWithData(): Panel[] {
  return board().panels.filter((panel) => panel.type !== 'row');
}

export interface BoardExpression {
  panel: string;
  expr: string;
}

export function boardExpressions(): BoardExpression[] {
  return panelsWithData().flatMap((panel) =>
    (panel.targets ?? []).map(({ expr }) => ({ panel: panel.title, expr })),
  );
}

/** As Grafana sends it: with its variables filled in. */
export function withoutVariables(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.*');
}

export function variablesIn(expr: string): string[] {
  return [...expr.matchAll(/\$(\w+)/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !name.startsWith('__'));
}

/** `label_values(metric{…}, label)`: the metric with its matchers, as an expression. */
export function metricOfVariable(definition: string): { expr: string; label: string } {
  const match = /^label_values\((.+), (\w+)\)$/.exec(definition);
  if (!match) throw new Error(`This variable is no label_values(metric, label): ${definition}`);
  return { expr: match[1] ?? '', label: match[2] ?? '' };
}
