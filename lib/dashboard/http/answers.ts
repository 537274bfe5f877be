import type { HttpAnswer } from './exchange.js';
import type { ApiRefusal } from '../refusal.js';

/** An answer that a handler has written itself. */
export class HttpReply implements HttpAnswer {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly body: string | Buffer,
  ) {}
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Of every answer of the API: nothing of it is kept, run, framed or guessed about. */
export const API_HEADERS: Headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
};

/** Of the pages: scripts and styles come from files of this origin alone, and data from its API. */
export const PAGE_HEADERS: Headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: https://avatars.githubusercontent.com",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const JSON_TYPE = 'application/json; charset=utf-8';

export function jsonAnswer(status: number, body: unknown, headers: Headers = {}): HttpReply {
  return jsonTextAnswer(status, JSON.stringify(body), headers);
}

/** JSON text as it is: numbers that JavaScript cannot hold stay what they are. */
export function jsonTextAnswer(status: number, text: string, headers: Headers = {}): HttpReply {
  return new HttpReply(status, { ...API_HEADERS, 'content-type': JSON_TYPE, ...headers }, text);
}

export function refusalAnswer(refusal: ApiRefusal, headers: Headers = {}): HttpReply {
  const { code, message, details, status } = refusal;
  const error = { code, message, ...(details === undefined ? {} : { details }) };
  return jsonAnswer(status, { error }, { ...headers, ...refusal.headers });
}

export function redirectAnswer(location: string, headers: Headers = {}): HttpReply {
  return new HttpReply(302, { ...API_HEADERS, location, ...headers }, '');
}
