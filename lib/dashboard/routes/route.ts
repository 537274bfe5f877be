import type { Permission } from '../contract.js';
import type { Schema } from '../schemas/schema.js';
import type { Call } from './call.js';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `json`: an envelope. `text`: JSON text as the ledger keeps it. `stream`: server-sent events. `redirect`: elsewhere. */
export type AnswerKind = 'json' | 'text' | 'stream' | 'redirect' | 'document';

/** Who may ask. `public`: whoever passed the guards of the application, and basic auth. */
export type RoutePermission = Permission | 'public';

/** A value of the query string. */
export type QueryRule = Schema & { readonly type: 'string' | 'integer' | 'boolean' };

/**
 * One row of the table of routes: the controllers, the OpenAPI document, docs/rest-api.md and the access matrix of the
 * tests are made of these rows, so that none of them can forget one.
 */
export interface Route {
  /** Unique; the name of the controller's method and the `operationId`. */
  readonly name: string;
  readonly method: RouteMethod;
  /** Below `api/v1`, as `jobs/:id/retry`. */
  readonly path: string;
  readonly permission: RoutePermission;
  readonly tag: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, QueryRule>>;
  readonly body?: Schema;
  /** A body may be left out. */
  readonly bodyIsOptional?: boolean;
  readonly answers: AnswerKind;
  /** Of `data`, for `json`. */
  readonly schema?: Schema;
  /** Default 200. */
  readonly status?: 200 | 201 | 202;
  readonly handle: (call: Call) => Promise<unknown>;
}

/** What changes something is protected against forged requests. */
export function changesSomething({ method }: Pick<Route, 'method'>): boolean {
  return method !== 'GET';
}

/** The names in the path, in their order. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}
