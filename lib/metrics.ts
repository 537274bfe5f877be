export { KyuMetricsModule, type KyuMetricsModuleOptions } from './kyu.metrics.module.js';
export { KyuMetrics } from './observability/kyu-metrics.js';
export { METRIC_CATALOGUE } from './observability/metric-catalogue.js';
