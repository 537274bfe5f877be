import { readdirSync } from 'node:fs';
import { type ExpectedMetric } from './expected-metrics.js';
import { inRepository, readYaml } from './repository.js';

export const PROMETHEUS_FOLDER = 'deploy/prometheus';

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface PrometheusConfig {
  global: { scrape_interval: string };
  rule_files: string[];
  scrape_configs: {
    job_name: string;
    dns_sd_configs: { names: string[]; port: number; type: string }[];
  }[];
}

interface AlertExpectation {
  alertname: string;
  exp_alerts?: unknown[];
}

export function prometheusConfig(): PrometheusConfig {
  return readYaml(`${PROMETHEUS_FOLDER}/prometheus.yml`) as PrometheusConfig;
}

export function rules(): Rule[] {
  const files = prometheusConfig().rule_files.map((name) => readYaml(`${PROMETHEUS_FOLDER}/${name}`));
  return (files as { groups: { rules: Rule[] }[] }[]).flatMap(({ groups }) =>
    groups.flatMap((group) => group.rules),
  );
}

/** What the recording rules make, to be named by the alerts. */
export function recordedMetrics(): ExpectedMetric[] {
  return rules().flatMap((rule) => {
    if (rule.record === undefined) return [];
    return [
      { name: rule.record, type: 'gauge', labels: ['queue', 'status', 'job_type'] } satisfies ExpectedMetric,
    ];
  });
}

export function ruleTestFiles(): string[] {
  const folder = `${PROMETHEUS_FOLDER}/tests`;
  const names = readdirSync(inRepository(folder)).filter((name) => name.endsWith('.yml'));
  return names.map((name) => `${folder}/${name}`);
}

export function alertExpectations(): AlertExpectation[] {
  const files = ruleTestFiles().map(readYaml) as { tests: { alert_rule_test?: AlertExpectation[] }[] }[];
  return files.flatMap(({ tests }) => tests.flatMap((test) => test.alert_rule_test ?? []));
}
