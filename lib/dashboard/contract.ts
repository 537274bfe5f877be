/**
 * What the REST API says: the shapes of its JSON, and nothing else. The server answers in them, the pages read them,
 * the OpenAPI document is made from the table of routes that names them. Instants are ISO 8601 text, spans are ms.
 * Every answer is `{ data }` or `{ error }`.
 */
export type * from './contract/answer.js';
export type * from './contract/session.js';
export type * from './contract/jobs.js';
export type * from './contract/bulk.js';
export type * from './contract/traffic.js';
export type * from './contract/errors.js';
export type * from './contract/workers.js';
export type * from './contract/schedules.js';
export type * from './contract/audit.js';
export type * from './contract/doctor.js';
export type * from './contract/events.js';
