export { KyuHealthIndicator, type BacklogLimit, type HealthOf } from './kyu.health-indicator.js';
export { HealthReader } from './observability/health-reader.js';
export type { HealthFinding } from './observability/health-findings.js';
