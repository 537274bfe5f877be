import { createHash } from 'node:crypto';

/** Among which jobs a key is held by one at a time. */
export type UniqueScope = 'type' | 'queue' | 'app';

export const UNIQUE_SCOPES: readonly UniqueScope[] = ['type', 'queue', 'app'];

/** What a key is made of. */
export interface KeyParts {
  readonly scope: UniqueScope;
  /** The instance's `queueName`: applications that share a ledger do not share keys. */
  readonly app: string;
  readonly queue: string;
  readonly type: string;
  /** The caller's own part; without one and without a payload, the type alone is the key. */
  readonly key: string | undefined;
  /** JSON text, when jobs with the same payload are the same job. */
  readonly payload: string | undefined;
}

/**
 * The key as the ledger holds it, scope and all. `enqueue` in SQL makes the same text
 * (migrations/functions/enqueue.sql.ts).
 */
export function uniqueKeyOf({ scope, app, queue, type, key, payload }: KeyParts): string {
  const own = (key === undefined ? '' : `=${key}`) + (payload === undefined ? '' : `#${hashOf(payload)}`);
  switch (scope) {
    case 'type':
      return `type/${queue}/${type}/${own}`;
    case 'queue':
      return `queue/${queue}/${own}`;
    case 'app':
      return `app/${app}/${own}`;
  }
}

/** The order of an object's members says nothing: `{a, b}` and `{b, a}` are the same payload. */
function hashOf(payload: string): string {
  const sorted = JSON.stringify(JSON.parse(payload), (_, value: unknown) => inOrder(value));
  return createHash('sha256').update(sorted).digest('hex');
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
