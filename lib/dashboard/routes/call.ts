import type { Account } from '../contract.js';
import type { DashboardServices } from '../dashboard-services.js';
import type { Visitor } from '../access/visitor.js';
import type { Exchange } from '../http/exchange.js';

/** One request that was let in, with everything about it checked. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly visitor: Visitor;
  readonly exchange: Exchange;
  /** Where the dashboard is mounted as the browser sees it, without a slash at the end. */
  readonly base: string;
  readonly services: DashboardServices;
}

/** A value of the path; the router would not have come here without it. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

/** A text of the query string. */
export function textOf(call: Call, name: string): string | undefined {
  const value = call.query[name];
  return typeof value === 'string' ? value : undefined;
}

/** A number of the query string. */
export function numberOf(call: Call, name: string): number | undefined {
  const value = call.query[name];
  return typeof value === 'number' ? value : undefined;
}

/** Who does it and why, for the trail. */
export function operatorOf(call: Call): { actor?: string; reason?: string } {
  const { reason } = call.body;
  return {
    ...(call.visitor.actor === null ? {} : { actor: call.visitor.actor }),
    ...(typeof reason === 'string' && reason !== '' ? { reason } : {}),
  };
}

/** How an account is called in the trail. */
export function actorOf(account: Account | null): string | null {
  if (account === null) return null;
  const name = account.name === '' ? account.id : account.name;
  return `${account.provider}:${name}`.slice(0, LONGEST_ACTOR);
}

const LONGEST_ACTOR = 256;
