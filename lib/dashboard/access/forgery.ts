import { forged } from '../refusal.js';
import type { Exchange } from '../http/exchange.js';
import { cookieOf, isSameSecret } from './cookies.js';
import type { Visitor } from './visitor.js';

export const CSRF_COOKIE = 'kyu_csrf';
const CSRF_HEADER = 'x-kyu-csrf';
const SHORTEST_TOKEN = 16;

/** From where changes may come besides the dashboard itself. */
export interface TrustedOrigins {
  readonly cors: readonly string[];
  readonly publicUrl: URL | undefined;
}

/**
 * A page of somebody else's can make a browser send a request with everything that the browser adds by itself: cookies,
 * and the name and password of basic auth. It cannot add a header, and it cannot hide where it comes from.
 * @throws ApiRefusal
 */
export function refuseForgery(exchange: Exchange, visitor: Visitor, trusted: TrustedOrigins): void {
  refuseOtherOrigins(exchange, trusted);
  const given = exchange.headers[CSRF_HEADER];
  if (typeof given !== 'string' || given.length < SHORTEST_TOKEN)
    throw forged('the header x-kyu-csrf is missing');
  const wanted = visitor.sessionToken ?? cookieOf(exchange, CSRF_COOKIE);
  if (wanted === undefined || wanted.length < SHORTEST_TOKEN)
    throw forged('the cookie of the token is missing');
  if (!isSameSecret(given, wanted)) throw forged('the header x-kyu-csrf does not fit');
}

function refuseOtherOrigins({ headers }: Exchange, { cors, publicUrl }: TrustedOrigins): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined) {
    if (site === undefined || site === 'same-origin' || site === 'none') return;
    throw forged('it comes from another site');
  }
  if (cors.includes(origin)) return;
  // The proxy in front may speak another protocol than the one that it is spoken to with: the host decides.
  const isOwn = URL.canParse(origin) && new URL(origin).host === host;
  if (publicUrl === undefined ? isOwn : origin === publicUrl.origin || isOwn) return;
  throw forged('it comes from a page of another origin');
}
