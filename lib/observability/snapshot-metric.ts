import type { Metric, Registry } from 'prom-client';
import type { MetricDefinition } from './metric-catalogue.js';

/** One line of the page. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The name of the line where it is not the family's own: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

export type SampleSource = () => readonly Sample[] | Promise<readonly Sample[]>;

/**
 * A family whose values are made when somebody scrapes. prom-client's own counters and histograms build a hash text
 * from the labels at each call; on the path of every settled run that would cost more than the run's bookkeeping.
 */
export class SnapshotMetric {
  /** Not readonly: a registry in OpenMetrics mode takes the suffix `_total` off. */
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;

  constructor(
    definition: MetricDefinition,
    private readonly source: SampleSource,
  ) {
    this.name = definition.name;
    this.help = definition.help;
    this.type = definition.type;
    this.aggregator = definition.aggregator;
  }

  async get() {
    const values = await this.source();
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  /** Nothing is kept here, and a counter that goes back would read as a restarted process. */
  reset(): void {}

  registerWith(registry: Registry): void {
    // The registry itself calls name, type, get and reset only; the type asks for the classes of prom-client.
    registry.registerMetric(this as unknown as Metric);
  }
}
