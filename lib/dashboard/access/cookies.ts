import { parseCookie, stringifySetCookie } from 'cookie';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../http/exchange.js';

const SECRET_BYTES = 32;

/** A value that nobody guesses. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What stands for a secret where others may read. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Whether two texts are equal, in a time that says nothing about where they differ. */
export function isSameSecret(left: string, right: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(left).digest(),
    createHash('sha256').update(right).digest(),
  );
}

export function cookieOf({ headers }: Pick<Exchange, 'headers'>, name: string): string | undefined {
  return headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[name];
}

/** What a cookie of the dashboard is besides its name and value. */
export interface CookiePlace {
  readonly base: string;
  readonly isSecure: boolean;
  /** `lax`: the browser brings it along when it comes back from a provider. */
  readonly sameSite: 'strict' | 'lax';
  /** Default: until the browser is closed. */
  readonly maxAgeMs?: number;
}

/** Out of the reach of scripts, and for this mount alone. */
export function setCookie(name: string, value: string, place: CookiePlace): string {
  return stringifySetCookie(name, value, {
    path: place.base === '' ? '/' : place.base,
    httpOnly: true,
    secure: place.isSecure,
    sameSite: place.sameSite,
    ...(place.maxAgeMs === undefined ? {} : { maxAge: Math.round(place.maxAgeMs / 1_000) }),
  });
}

/** Takes the cookie away again. */
export function dropCookie(name: string, place: Omit<CookiePlace, 'maxAgeMs'>): string {
  return setCookie(name, '', { ...place, maxAgeMs: 0 });
}
