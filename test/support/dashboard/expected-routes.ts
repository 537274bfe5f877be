import type { Permission } from '../../../lib/dashboard/contract.js';

/** Who may use which route, and what it answers: written down here, so that a route cannot change it by itself. */
const ROUTES: readonly (readonly [route: string, permission: Permission | 'public', answer: string])[] = [
  ['GET health', 'public', 'Health'],
  ['GET config', 'public', 'DashboardConfig'],
  ['GET auth/providers', 'public', 'AuthProvider[]'],
  ['GET auth/login/:provider', 'public', 'elsewhere'],
  ['GET auth/callback/:provider', 'public', 'elsewhere'],
  ['GET auth/me', 'public', 'Account | null'],
  ['POST auth/logout', 'public', 'Done'],
  ['GET overview', 'read', 'Overview'],
  ['GET errors', 'read', 'ErrorGroups'],
  ['POST errors/:fingerprint/retry', 'retry', 'Bulk'],
  ['GET stats', 'read', 'Stats'],
  ['GET job-types', 'read', 'string[]'],
  ['POST jobs/bulk/retry', 'retry', 'Bulk'],
  ['POST jobs/bulk/cancel', 'cancel', 'Bulk'],
  ['POST jobs/bulk/delete', 'delete', 'Bulk'],
  ['POST jobs/bulk/run-now', 'change', 'Bulk'],
  ['POST jobs/bulk/reschedule', 'change', 'Bulk'],
  ['GET jobs', 'read', 'JobPage'],
  ['GET jobs/counts', 'read', 'JobCounts'],
  ['GET jobs/suggestions', 'read', 'Suggestion[]'],
  ['GET jobs/:id', 'read', 'JobDetail'],
  ['GET jobs/:id/payload', 'payloads', 'text'],
  ['GET jobs/:id/result', 'payloads', 'text'],
  ['GET jobs/:id/runs', 'read', 'RunDetail[]'],
  ['GET jobs/:id/logs', 'read', 'LogLine[]'],
  ['GET jobs/:id/explain', 'read', 'Explanation'],
  ['GET jobs/:id/lineage', 'read', 'Lineage'],
  ['POST jobs', 'enqueue', 'EnqueuedJob'],
  ['POST jobs/:id/retry', 'retry', 'Changed'],
  ['POST jobs/:id/cancel', 'cancel', 'Changed'],
  ['POST jobs/:id/run-now', 'change', 'Changed'],
  ['POST jobs/:id/reschedule', 'change', 'Changed'],
  ['PATCH jobs/:id', 'change', 'Changed'],
  ['DELETE jobs/:id', 'delete', 'Changed'],
  ['GET queues', 'read', 'QueueRow[]'],
  ['POST queues/:name/pause', 'pause', 'Pauses'],
  ['POST queues/:name/resume', 'pause', 'Pauses'],
  ['GET schedules', 'read', 'ScheduleRow[]'],
  ['POST schedules/preview', 'read', 'SchedulePreview'],
  ['GET schedules/:name', 'read', 'ScheduleRow'],
  ['PUT schedules/:name', 'schedules', 'ScheduleRow'],
  ['DELETE schedules/:name', 'schedules', 'Done'],
  ['POST schedules/:name/run', 'schedules', '{ id: string }'],
  ['POST schedules/:name/pause', 'schedules', 'ScheduleRow'],
  ['POST schedules/:name/resume', 'schedules', 'ScheduleRow'],
  ['GET workers', 'read', 'WorkerRow[]'],
  ['POST workers/:id/drain', 'workers', 'Drain'],
  ['GET audit', 'read', 'AuditPage'],
  ['GET doctor', 'read', 'Finding[]'],
  ['POST doctor/fix', 'workers', 'Fix'],
  ['GET events', 'read', 'events'],
  ['GET openapi.json', 'read', 'document'],
];

export interface ExpectedRoute {
  readonly permission: Permission | 'public';
  /** The name of the shape; what is no JSON in a word. */
  readonly answer: string;
}

/** By method and path. */
export const EXPECTED_ROUTES: ReadonlyMap<string, ExpectedRoute> = new Map(
  ROUTES.map(([route, permission, answer]) => [route, { permission, answer }]),
);

/** What is written down of this route. */
export function expectedOf({
  method,
  path,
}: {
  readonly method: string;
  readonly path: string;
}): ExpectedRoute {
  const expected = EXPECTED_ROUTES.get(`${method} ${path}`);
  if (expected === undefined) throw new Error(`nobody has written down who may use ${method} ${path}`);
  return expected;
}
