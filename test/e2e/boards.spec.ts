import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRIC_CATALOGUE } from '../../lib/observability/metric-catalogue.js';
import {
  boardExpressions,
  boards,
  metricOfVariable,
  withoutVariables,
} from '../support/deploy/grafana-files.js';
import { PROMETHEUS_FOLDER, prometheusConfig, rules } from '../support/deploy/prometheus-files.js';
import { readPromql } from '../support/deploy/promql.js';
import { inRepository } from '../support/deploy/repository.js';
import { eventually } from '../support/eventually.js';
import {
  requirePrometheus,
  startPrometheus,
  type PrivatePrometheus,
} from '../support/observability/start-prometheus.js';
import { TroubledDeployment } from '../support/observability/troubled-deployment.js';

/** Fetching Prometheus included. */
const SETTING_UP_MS = 300_000;
/** Prometheus takes five seconds until it scrapes a new target for the first time. */
const PATIENT = { withinMs: 25_000 };

/** Alerts whose trouble would cost this test more than it is worth. The unit tests of the rules show that they fire. */
const WITHOUT_TROUBLE: Record<string, string> = {
  KyuDispatcherUnsteady: 'Redis would have to go and come back three times',
  KyuRedisForgets: 'whether the reconciler or the poll finds a job first is a race',
  KyuEventLoopBlocked:
    'the processes of this test share one event loop, and whoever is asked first takes the reading',
  KyuProcessRestarting: 'the processes of this test share one, and it is the process of the test',
  KyuTransactionTooOld: 'a transaction would have to be open for five minutes',
  KyuVersionsMixed: 'there is one version of Kyu at hand',
  KyuNotScraped: 'then Prometheus would know nothing of all the others',
  KyuProcessSilent: 'a process that does not answer would leave its gauges behind',
};

const KNOWN = new Set<string>([...METRIC_CATALOGUE.map(({ name }) => name), ...prometheusOwn()]);

interface QueryAnswer {
  readonly data: {
    readonly result: { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

describe('the boards and rules, with the real Prometheus and a Kyu that has had a bad day', () => {
  let deployment: TroubledDeployment;
  let prometheus: PrivatePrometheus;

  beforeAll(async () => {
    const program = await requirePrometheus((line) => process.stderr.write(`${line}\n`));
    deployment = await TroubledDeployment.open();
    const { targets } = deployment;
    const ruleFiles = prometheusConfig().rule_files.map((name) =>
      inRepository(`${PROMETHEUS_FOLDER}/${name}`),
    );
    prometheus = await startPrometheus(program, { targets, ruleFiles });
    // Series exist from the first work on: what is counted later is an increase.
    await deployment.workOfEveryKind();
    await eventually(async () => expect(await values('sum(up)')).toEqual([targets.length]), PATIENT);
    await haveTrouble();
  }, SETTING_UP_MS);

  afterAll(async () => {
    await prometheus?.remove();
    await deployment?.close();
  });

  /** The stores go away and come back, workers are lost, queues are neglected; then there is work again. */
  async function haveTrouble(): Promise<void> {
    await deployment.redis.stop();
    await deployment.producer.enqueue('completes', null);
    await eventually(async () => expect(await alerts()).toContain('KyuDispatcherDown'), PATIENT);
    await deployment.redis.start();
    await deployment.keepBusy(2_000);
    deployment.database.cut();
    await eventually(async () => {
      const seen = await alerts();
      for (const name of [
        'KyuLedgerSilent',
        'KyuSettlesDelayed',
        'KyuHeartbeatsFailing',
        'KyuDutiesFailing',
      ]) {
        expect(seen).toContain(name);
      }
    }, PATIENT);
    deployment.database.mend();
    await eventually(() => deployment.loseWorkers(), PATIENT);
    await deployment.workOfEveryKind();
    await deployment.neglectQueues();
    await deployment.keepBusy(60_000);
  }

  async function query(expression: string): Promise<QueryAnswer['data']['result']> {
    const path = `query?query=${encodeURIComponent(expression)}`;
    return ((await prometheus.ask(path)) as QueryAnswer).data.result;
  }

  async function values(expression: string): Promise<number[]> {
    return (await query(expression)).map(({ value }) => Number(value[1]));
  }

  /** Every alert whose condition has been true for a moment. */
  async function alerts(): Promise<string[]> {
    const seen = await query('count by (alertname) (count_over_time(ALERTS[10m]))');
    return seen.map(({ metric }) => metric['alertname'] ?? '');
  }

  it.each(boardExpressions())('F110 there is data for $panel of $board', async ({ expr }) => {
    const asked = withoutVariables(expr);

    const found = await eventually(async () => {
      const answer = await values(asked);
      expect(answer.length, asked).toBeGreaterThan(0);
      return answer;
    }, PATIENT);
    expect(
      found.some((value) => !Number.isNaN(value)),
      `${asked} is ${found.join()}`,
    ).toBe(true);
  });

  it.each(boards().flatMap(({ templating, title }) => templating.list.map((list) => ({ ...list, title }))))(
    'F110 there is something to choose for $name of $title',
    async ({ definition }) => {
      const { expr, label } = metricOfVariable(definition);

      const choices = await query(`count by (${label}) (${withoutVariables(expr)})`);
      expect(choices.map(({ metric }) => metric[label]).filter(Boolean).length).toBeGreaterThan(0);
    },
  );

  it.each(rules().flatMap(({ record, expr }) => (record === undefined ? [] : [{ record, expr }])))(
    'F110 $record is recorded',
    async ({ record }) => {
      await eventually(async () => expect((await query(record)).length).toBeGreaterThan(0), PATIENT);
    },
  );

  it.each(rules().flatMap(({ alert, expr }) => (alert === undefined ? [] : [{ alert, expr }])))(
    'F110 $alert saw its trouble, or at least its metrics',
    async ({ alert, expr }) => {
      for (const { metric } of readPromql(expr).selectors) {
        expect((await query(`count(${metric})`)).length, metric).toBe(1);
        expect(KNOWN, metric).toContain(metric);
      }
      if (WITHOUT_TROUBLE[alert] !== undefined) return;
      await eventually(async () => expect(await alerts()).toContain(alert), PATIENT);
    },
  );

  it('excuses no alert that there is not', () => {
    const names = rules().flatMap(({ alert }) => alert ?? []);

    expect(Object.keys(WITHOUT_TROUBLE).filter((name) => !names.includes(name))).toEqual([]);
  });
});

function prometheusOwn(): string[] {
  const recorded = rules().flatMap(({ record }) => record ?? []);
  return [...recorded, 'up', 'nodejs_eventloop_lag_p99_seconds', 'process_start_time_seconds'];
}
