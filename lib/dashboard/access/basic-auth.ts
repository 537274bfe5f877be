import { timingSafeEqual } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Account } from '../contract.js';
import type { BasicAccount } from '../dashboard.options.js';
import type { Exchange } from '../http/exchange.js';
import { unauthenticated } from '../refusal.js';

const CHALLENGE = { 'www-authenticate': 'Basic realm="Kyu", charset="UTF-8"' };

/**
 * The account whose name and password came along. Every account is compared, each by digests of equal length, so that
 * the time that it takes says neither which names there are nor how much of a password is right.
 * @throws ApiRefusal
 */
export function readBasicAuth(
  { headers }: Pick<Exchange, 'headers'>,
  accounts: readonly BasicAccount[],
): Account {
  const [user, password] = readCredentials(headers.authorization);
  let found: BasicAccount | undefined;
  for (const account of accounts) {
    const isUser = isSame(user, account.user);
    const isPassword = isSame(password, account.password);
    if (isUser && isPassword) found = account;
  }
  if (found === undefined) throw unauthenticated(CHALLENGE);
  return { id: found.user, name: found.user, avatarUrl: null, provider: 'basic' };
}

function readCredentials(header: string | undefined): [user: string, password: string] {
  const encoded = /^basic +([\w+/=-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) throw unauthenticated(CHALLENGE);
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
