import type { BackoffFunction, BackoffPolicy, GivenBackoff } from './retry-policy.js';

/** A class of errors, abstract ones too. */
export type ErrorClass = abstract new (...values: never[]) => object;

/** How failures of one kind are met; `Backoff` is what is known of it so far. */
export interface ErrorRule<Backoff = BackoffPolicy | BackoffFunction> {
  readonly error: ErrorClass | string;
  readonly discard: boolean;
  /** `undefined` = as many as the job has. */
  readonly maxRetries: number | undefined;
  /** `undefined` = that of the job type. */
  readonly backoff: Backoff | undefined;
}

/** A rule as one level of options says it. */
export type GivenErrorRule = ErrorRule<GivenBackoff>;

/** A chain of causes is not followed any further: it may be a ring. */
const MOST_CAUSES = 10;

/** The first rule that fits what was thrown, or one of its causes. */
export function ruleFor(rules: readonly ErrorRule[], thrown: unknown): ErrorRule | undefined {
  if (rules.length === 0) return undefined;
  try {
    const chain = withCauses(thrown);
    return rules.find(({ error }) => chain.some((link) => isOfKind(link, error)));
  } catch {
    // Whatever was thrown may have getters that throw as well; the run must end all the same.
    return undefined;
  }
}

function withCauses(thrown: unknown): object[] {
  const chain: object[] = [];
  for (let link = thrown; isObject(link) && chain.length < MOST_CAUSES;) {
    chain.push(link);
    link = 'cause' in link ? link.cause : undefined;
  }
  return chain;
}

/** By name too, because the class may be private to a library, or there in two copies. */
function isOfKind(link: object, kind: ErrorClass | string): boolean {
  if (typeof kind !== 'string') return link instanceof kind;
  if ('name' in link && link.name === kind) return true;
  for (let prototype: unknown = Object.getPrototypeOf(link); isObject(prototype);) {
    if (prototype.constructor.name === kind) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
