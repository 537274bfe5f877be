import type { KyuMetrics } from './observability/kyu-metrics.js';
import type { MetricsServer } from './observability/metrics-server.js';
import type { KyuRuntime } from './kyu.runtime.js';
import { KYU_VERSION } from './kyu.version.js';

/**
 * The metrics of one instance: made once, when the first one asks, and served on `metricsPort` when that is set.
 * prom-client is loaded only then, so that an application without metrics need not install it.
 */
export class KyuMetricsHost {
  private metrics: Promise<KyuMetrics> | undefined;
  private server: MetricsServer | undefined;

  constructor(private readonly runtime: KyuRuntime) {}

  /** Begins to count with the first call. */
  get(): Promise<KyuMetrics> {
    this.metrics ??= this.create();
    return this.metrics;
  }

  /** @throws KyuConfigError when `metricsPort` is taken */
  async start(): Promise<void> {
    const port = this.runtime.options.metricsPort;
    if (port === 0) return;
    const page = await this.get();
    const { MetricsServer } = await import('./observability/metrics-server.js');
    this.server = new MetricsServer({ port, page });
    await this.server.start();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    (await this.metrics)?.stop();
  }

  private async create(): Promise<KyuMetrics> {
    const { KyuMetrics } = await import('./observability/kyu-metrics.js');
    const { runtime } = this;
    return new KyuMetrics({
      events: runtime.events,
      readings: runtime.readings,
      queues: () => runtime.queues,
      dispatcherMode: () => runtime.dispatcher.mode,
      configuredDispatcher: runtime.configuredDispatcher,
      inFlight: () => runtime.countInFlight(),
      clock: runtime.clock,
      version: KYU_VERSION,
    });
  }
}
