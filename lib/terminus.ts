export { KyuHealthIndicator, type BacklogLimit } from './observability/health-indicator.js';
export { HealthReader } from './observability/health-reader.js';
export type { HealthFinding } from './observability/health-findings.js';
