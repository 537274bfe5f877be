import type { Exchange } from './exchange.js';

const LONGEST_PREFLIGHT_SECONDS = 600;

/** What lets pages of the listed origins use the API, and no others. */
export function corsHeaders(
  { headers }: Pick<Exchange, 'headers'>,
  origins: readonly string[],
): Record<string, string> {
  if (origins.length === 0) return {};
  const { origin } = headers;
  if (origin === undefined || !origins.includes(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'content-type, authorization, x-kyu-csrf',
    'access-control-max-age': String(LONGEST_PREFLIGHT_SECONDS),
    'cross-origin-resource-policy': 'cross-origin',
  };
}
