import { type ExpectedMetric, targetLabels } from './expected-metrics.js';
import { readPromql } from './promql.js';

interface Series {
  metric: ExpectedMetric;
  labels: readonly string[];
}

/** A histogram has no series of its own name: only buckets, a sum and a count. */
export function seriesOf(metrics: readonly ExpectedMetric[]): Map<string, Series> {
  const series = new Map<string, Series>();
  for (const metric of metrics) {
    const labels = [...metric.labels, ...targetLabels];
    if (metric.type !== 'histogram') {
      series.set(metric.name, { metric, labels });
      continue;
    }
    series.set(`${metric.name}_bucket`, { metric, labels: [...labels, 'le'] });
    series.set(`${metric.name}_sum`, { metric, labels });
    series.set(`${metric.name}_count`, { metric, labels });
  }
  return series;
}

/** Everything in an expression that no process answers, or that is joined in the wrong way. Empty when it is sound. */
export function faultsOf(expression: string, metrics: readonly ExpectedMetric[]): string[] {
  const known = seriesOf(metrics);
  const { selectors, groupings } = readPromql(expression);
  const faults: string[] = [];
  const labelsInSight = new Set<string>();
  if (selectors.length === 0) faults.push('it names no metric');
  for (const { metric, labels, within } of selectors) {
    const series = known.get(metric);
    if (series === undefined) {
      faults.push(`${metric} is unknown`);
      continue;
    }
    for (const label of series.labels) labelsInSight.add(label);
    for (const label of labels) {
      if (!series.labels.includes(label)) faults.push(`${metric} has no label ${label}`);
    }
    faults.push(...joinFaults(metric, series.metric, within));
  }
  for (const label of groupings) {
    if (!labelsInSight.has(label)) faults.push(`nothing in it has the label ${label}`);
  }
  return faults;
}

function joinFaults(name: string, metric: ExpectedMetric, within: string[]): string[] {
  const closest = within[0];
  const isRate = closest === 'rate' || closest === 'increase';
  if (metric.queueWide && closest !== 'max') {
    return [`${name} is the same fact from every process and must be joined with max first`];
  }
  if (metric.type === 'gauge' && isRate) return [`${name} is a gauge and has no rate`];
  // The largest of several rates is the work of one process, and reads like the work of all.
  if (metric.type !== 'gauge' && isRate && within.slice(1).includes('max')) {
    return [`${name} counts for one process and must be joined with sum`];
  }
  return [];
}
