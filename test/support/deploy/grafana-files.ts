import { readJson, readYaml } from './repository.js';

export const BOARD_FOLDER = 'deploy/grafana/dashboards';

/** The first look, and what Grafana opens with. */
export const HOME_BOARD = `${BOARD_FOLDER}/overview.json`;

export const BOARD_PATHS: readonly string[] = ['overview', 'queue', 'workers', 'reliability'].map(
  (name) => `${BOARD_FOLDER}/${name}.json`,
);

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
  description: string;
  refresh: string;
  tags: string[];
  time: { from: string; to: string };
  links: { type: string; tags: string[]; includeVars: boolean; keepTime: boolean }[];
  templating: {
    list: {
      name: string;
      definition: string;
      multi: boolean;
      includeAll: boolean;
      datasource: DataSourceReference;
    }[];
  };
  panels: Panel[];
}

export interface DataSource {
  name: string;
  uid: string;
  type: string;
  url: string;
  jsonData?: { timeInterval?: string };
}

export interface DashboardProviders {
  providers: { type: string; options: { path: string } }[];
}

export function boards(): Board[] {
  return BOARD_PATHS.map((path) => readJson(path) as Board);
}

export function dataSources(): DataSource[] {
  const file = readYaml('deploy/grafana/provisioning/datasources/kyu.yml') as { datasources: DataSource[] };
  return file.datasources;
}

export function dataSourceOf(type: string): DataSource {
  const source = dataSources().find((candidate) => candidate.type === type);
  if (source === undefined) throw new Error(`Grafana is given no data source of the type ${type}.`);
  return source;
}

export function dashboardProviders(): DashboardProviders {
  return readYaml('deploy/grafana/provisioning/dashboards/kyu.yml') as DashboardProviders;
}

export function panelsWithData({ panels }: Board): Panel[] {
  return panels.filter((panel) => panel.type !== 'row');
}

export interface BoardExpression {
  board: string;
  panel: string;
  expr: string;
}

export function expressionsOf(board: Board): BoardExpression[] {
  return panelsWithData(board).flatMap((panel) =>
    (panel.targets ?? []).map(({ expr }) => ({ board: board.title, panel: panel.title, expr })),
  );
}

export function boardExpressions(): BoardExpression[] {
  return boards().flatMap(expressionsOf);
}

/** As Grafana sends it: with its variables filled in, here with everything chosen. */
export function withoutVariables(expr: string, rateInterval = '1m'): string {
  return expr.replaceAll('$__rate_interval', rateInterval).replaceAll(/\$\w+/g, '.*');
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
