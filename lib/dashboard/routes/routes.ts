import { openApiDocument } from '../openapi.js';
import { AUDIT_ROUTES } from './audit.routes.js';
import { BULK_ROUTES } from './bulk.routes.js';
import { DOCTOR_ROUTES } from './doctor.routes.js';
import { documentRoutes } from './document.routes.js';
import { JOB_ROUTES } from './job.routes.js';
import { JOB_VERB_ROUTES } from './job-verb.routes.js';
import { OVERVIEW_ROUTES } from './overview.routes.js';
import { QUEUE_ROUTES } from './queue.routes.js';
import type { Route } from './route.js';
import { SCHEDULE_ROUTES } from './schedule.routes.js';
import { SESSION_ROUTES } from './session.routes.js';
import { WORKER_ROUTES } from './worker.routes.js';

/** Every route of the API. A path without parameters stands before one that would take its words for a value. */
export const ROUTES: readonly Route[] = [
  ...SESSION_ROUTES,
  ...OVERVIEW_ROUTES,
  ...BULK_ROUTES,
  ...JOB_ROUTES,
  ...JOB_VERB_ROUTES,
  ...QUEUE_ROUTES,
  ...SCHEDULE_ROUTES,
  ...WORKER_ROUTES,
  ...AUDIT_ROUTES,
  ...DOCTOR_ROUTES,
  ...documentRoutes(() => openApiDocument(ROUTES)),
];
