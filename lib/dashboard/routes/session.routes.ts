import { KYU_VERSION } from '../../kyu.version.js';
import type { DashboardConfig } from '../contract.js';
import { CSRF_COOKIE } from '../access/forgery.js';
import { cookieOf, newSecret, setCookie } from '../access/cookies.js';
import { isSecureExchange } from '../http/base-path.js';
import { jsonAnswer, redirectAnswer, type HttpReply } from '../http/answers.js';
import { ApiRefusal, notFound, unauthenticated } from '../refusal.js';
import { listOf, named, orNull } from '../schemas/schema.js';
import { param, type Call } from './call.js';
import type { Route } from './route.js';

const LONGEST_TOKEN = 256;

/** Who is there, how to log in and out, and how the dashboard is set up. */
export const SESSION_ROUTES: readonly Route[] = [
  {
    name: 'readHealth',
    method: 'GET',
    path: 'health',
    permission: 'public',
    tag: 'Dashboard',
    summary: 'Whether the stores answer; 503 when PostgreSQL does not. Parts are told to those who may read.',
    answers: 'json',
    schema: named('Health'),
    handle: readHealth,
  },
  {
    name: 'readConfig',
    method: 'GET',
    path: 'config',
    permission: 'public',
    tag: 'Dashboard',
    summary: 'How the dashboard is set up, who asks, what they may do, and the token for changes.',
    answers: 'json',
    schema: named('DashboardConfig'),
    handle: readConfig,
  },
  {
    name: 'listProviders',
    method: 'GET',
    path: 'auth/providers',
    permission: 'public',
    tag: 'Login',
    summary: 'Where an account can come from.',
    answers: 'json',
    schema: listOf(named('AuthProvider')),
    handle: ({ services }) => Promise.resolve(services.desk?.providers() ?? []),
  },
  {
    name: 'beginLogin',
    method: 'GET',
    path: 'auth/login/:provider',
    permission: 'public',
    tag: 'Login',
    summary: 'Sends the browser to the provider.',
    answers: 'redirect',
    handle: beginLogin,
  },
  {
    name: 'finishLogin',
    method: 'GET',
    path: 'auth/callback/:provider',
    permission: 'public',
    tag: 'Login',
    summary:
      'Where the provider sends the browser back to; a login that fails leads to the login page, with a reason.',
    answers: 'redirect',
    handle: finishLogin,
  },
  {
    name: 'readAccount',
    method: 'GET',
    path: 'auth/me',
    permission: 'public',
    tag: 'Login',
    summary: 'The account of whoever asks; 401 where there is a login and nobody is logged in.',
    answers: 'json',
    schema: orNull(named('Account')),
    handle: readAccount,
  },
  {
    name: 'logout',
    method: 'POST',
    path: 'auth/logout',
    permission: 'public',
    tag: 'Login',
    summary: 'Ends the login.',
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Done'),
    handle: logout,
  },
];

async function readHealth({ services, visitor }: Call): Promise<unknown> {
  const health = await services.kyu.health.overall(BACKLOG_LIMIT_MS);
  const { status, message, ledger, dispatcher, workers, backlog } = health as Record<string, unknown> & {
    status: string;
  };
  const parts = { message: message ?? null, ledger, dispatcher, workers, backlog };
  const body = visitor.permissions.has('read') ? { status, ...definedOf(parts) } : { status };
  return jsonAnswer(status === 'down' ? 503 : 200, { data: body });
}

const BACKLOG_LIMIT_MS = 300_000;

function definedOf(parts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function readConfig(call: Call): Promise<HttpReply> {
  const { services, visitor, base, exchange } = call;
  const { options, kyu } = services;
  const mayRead = visitor.permissions.has('read');
  const known = cookieOf(exchange, CSRF_COOKIE) ?? '';
  const isUsable = /^[\w-]{16,}$/.test(known) && known.length <= LONGEST_TOKEN;
  const csrfToken = visitor.sessionToken ?? (isUsable ? known : newSecret());
  const config: DashboardConfig = {
    version: mayRead ? KYU_VERSION : '',
    instance: mayRead ? kyu.instance : '',
    basePath: base,
    authentication: options.authentication,
    readOnly: options.readOnly,
    hidesPayloads: options.hidePayloads,
    permissions: [...visitor.permissions],
    account: visitor.account,
    csrfToken,
    queues: mayRead ? [...kyu.queues] : [],
    traceUrl: mayRead ? options.traceUrl : null,
  };
  const isSecure = isSecureExchange(exchange, options.publicUrl);
  const cookie = setCookie(CSRF_COOKIE, csrfToken, { base, isSecure, sameSite: 'strict' });
  return Promise.resolve(jsonAnswer(200, { data: config }, { 'set-cookie': [cookie] }));
}

async function beginLogin(call: Call): Promise<HttpReply> {
  const { desk } = call.services;
  if (desk === undefined) throw notFound('login here');
  const { location, cookies } = await desk.begin(param(call, 'provider'));
  return redirectAnswer(location, { 'set-cookie': cookies });
}

async function finishLogin(call: Call): Promise<HttpReply> {
  const { desk } = call.services;
  if (desk === undefined) throw notFound('login here');
  try {
    const { location, cookies } = await desk.finish(param(call, 'provider'), call.exchange);
    return redirectAnswer(location, { 'set-cookie': cookies });
  } catch (error) {
    const reason = error instanceof ApiRefusal ? error.details?.['reason'] : undefined;
    if (typeof reason !== 'string') throw error;
    return redirectAnswer(`${call.base}/login?error=${encodeURIComponent(reason)}`);
  }
}

function readAccount({ services, visitor }: Call): Promise<unknown> {
  if (services.options.authentication === 'oauth' && visitor.account === null) throw unauthenticated();
  return Promise.resolve(visitor.account);
}

async function logout({ services, visitor }: Call): Promise<HttpReply> {
  const cookies = visitor.sessionId === null ? [] : await services.desk?.leave(visitor.sessionId);
  return jsonAnswer(200, { data: { done: true } }, { 'set-cookie': cookies ?? [] });
}
