import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeFile, environmentOf, pathInContainer } from '../support/deploy/compose-file.js';
import { kyuMetrics, processMetrics, prometheusMetrics } from '../support/deploy/expected-metrics.js';
import { faultsOf } from '../support/deploy/metric-names.js';
import {
  alertExpectations,
  prometheusConfig,
  PROMETHEUS_FOLDER,
  recordedMetrics,
  rules,
  ruleTestFiles,
} from '../support/deploy/prometheus-files.js';
import { inRepository } from '../support/deploy/repository.js';
import { requirePromtool } from '../support/require-promtool.js';

const FETCHING_MS = 300_000;
const metricsInRules = [...kyuMetrics, ...processMetrics, ...prometheusMetrics, ...recordedMetrics()];

describe('deploy/prometheus', () => {
  const config = prometheusConfig();
  let promtool: string;

  beforeAll(async () => {
    promtool = await requirePromtool((line) => process.stderr.write(`${line}\n`));
  }, FETCHING_MS);

  /** Rejects with what promtool printed when it finds a fault. */
  async function check(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(promtool, args, { cwd: inRepository('') });
    return stdout;
  }

  it('is a configuration that Prometheus accepts, rules included', async () => {
    const report = await check('check', 'config', `${PROMETHEUS_FOLDER}/prometheus.yml`);

    expect(report).toContain(`${config.rule_files.length} rule files found`);
    expect(report).toContain(`SUCCESS: ${rules().length} rules found`);
  });

  it('F119 passes the unit tests of the rules', async () => {
    const report = await check('test', 'rules', ...ruleTestFiles());

    expect(report.match(/SUCCESS/g)).toHaveLength(ruleTestFiles().length);
  });

  it('proves of every alert that it fires, and that it stays silent', () => {
    const alerts = rules().flatMap(({ alert }) => alert ?? []);
    const expectations = alertExpectations();
    const firing = expectations.filter(({ exp_alerts = [] }) => exp_alerts.length > 0);
    const silent = expectations.filter(({ exp_alerts = [] }) => exp_alerts.length === 0);

    expect(new Set(firing.map(({ alertname }) => alertname))).toEqual(new Set(alerts));
    expect(new Set(silent.map(({ alertname }) => alertname))).toEqual(new Set(alerts));
  });

  it('gives every alert a severity, the scrape job to route by, and words for the reader', () => {
    for (const { alert, expr, labels, annotations } of rules()) {
      if (alert === undefined) continue;
      expect(labels?.['severity'], alert).toMatch(/^(warning|critical)$/);
      expect(annotations?.['summary'], alert).toBeTruthy();
      expect(annotations?.['description'], alert).toBeTruthy();
      // absent() makes a series of its own, which has only the labels that the rule gives it.
      if (expr.startsWith('absent')) expect(labels?.['job'], alert).toBe('kyu');
    }
  });

  it.each(rules().map((rule) => ({ ...rule, name: rule.alert ?? rule.record })))(
    'names in $name only metrics that exist, joined in the right way',
    ({ expr }) => {
      expect(faultsOf(expr, metricsInRules)).toEqual([]);
    },
  );

  it('scrapes each process of the sample every 15 seconds, on the port where it shows its metrics', () => {
    const file = composeFile();
    const withMetrics = Object.keys(file.services).filter(
      (service) => environmentOf(file, service)['METRICS_PORT'] !== undefined,
    );
    const [scrape, ...others] = config.scrape_configs;
    const [discovery] = scrape?.dns_sd_configs ?? [];

    expect(others).toEqual([]);
    expect(config.global.scrape_interval).toBe('15s');
    expect(scrape?.job_name).toBe('kyu');
    expect(discovery?.names).toEqual(withMetrics);
    for (const service of withMetrics) {
      expect(environmentOf(file, service)['METRICS_PORT']).toBe(String(discovery?.port));
    }
  });

  it('lies where the Prometheus of the stack looks for it', () => {
    expect(pathInContainer(composeFile(), 'prometheus', `${PROMETHEUS_FOLDER}/prometheus.yml`)).toBe(
      '/etc/prometheus/prometheus.yml',
    );
  });
});

describe('The check of metric names', () => {
  it('takes what every process says of a queue for one fact', () => {
    const queueWide = kyuMetrics.filter((metric) => metric.queueWide).map(({ name }) => name);

    expect(queueWide).toEqual(expect.arrayContaining(['kyu_queue_depth', 'kyu_live_workers']));
    expect(queueWide).not.toContain('kyu_jobs_in_flight');
  });

  it.each([
    ['sum(kyu_jobs_totals)', 'kyu_jobs_totals is unknown'],
    ['kyu_jobs_total{queue="shop"}', 'kyu_jobs_total has no label queue'],
    ['sum by (queue) (kyu_jobs_total)', 'nothing in it has the label queue'],
    ['sum by (le) (rate(kyu_job_wait_seconds[5m]))', 'kyu_job_wait_seconds is unknown'],
    ['rate(kyu_jobs_in_flight[5m])', 'kyu_jobs_in_flight is a gauge and has no rate'],
    ['max(rate(kyu_jobs_total[5m]))', 'kyu_jobs_total counts for one process and must be joined with sum'],
    [
      'sum by (queue) (kyu_queue_depth)',
      'kyu_queue_depth is the same fact from every process and must be joined with max first',
    ],
    ['1 + 1', 'it names no metric'],
  ])('finds the fault in %s', (expression, fault) => {
    expect(faultsOf(expression, kyuMetrics)).toContain(fault);
  });

  it('reads past strings, comments, modifiers and operators', () => {
    const expression = `
      # kyu_nothing is only mentioned
      sum by (status) (rate(kyu_jobs_processed_total{status=~"a|b(c)}", job!='kyu_nothing'}[5m] offset 1h))
        / on (status) group_left
      sum by (status) (max by (queue, status) (kyu_queue_jobs)) > bool 1.5e3 or up == 1
    `;

    expect(faultsOf(expression, [...kyuMetrics, ...prometheusMetrics])).toEqual([]);
  });
});
