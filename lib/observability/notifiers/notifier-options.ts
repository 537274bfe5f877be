import { KyuConfigError, type ConfigProblem } from '../../core/errors.js';
import { OptionScope, type KeysOf } from '../../core/option-scope.js';
import type { NotifierOptions } from '../../core/ports/notifier.js';

/** The keys that every notifier has. */
const COMMON_KEYS: KeysOf<NotifierOptions> = { on: true, types: true, format: true, perMinute: true };

/**
 * Refuses options that are none and keys that nobody knows. What the common ones say is checked with the other options
 * of the instance.
 * @throws KyuConfigError
 */
export function refuseUnknownOptions<Options extends NotifierOptions>(
  notifier: string,
  given: Options,
  own: KeysOf<Omit<Options, keyof NotifierOptions>>,
): void {
  const problems: ConfigProblem[] = [];
  const keys = [...Object.keys(own), ...Object.keys(COMMON_KEYS)];
  // oxlint-disable-next-line no-new -- a scope complains while it is made, and nothing is read from this one
  new OptionScope(problems, notifier, withoutValues(given), keys);
  if (problems.length > 0) throw new KyuConfigError(problems, 'A notifier');
}

/** A value that is described could be a webhook in the place of its options. */
function withoutValues(given: unknown): unknown {
  return typeof given === 'string' ? 'a text' : given;
}

/**
 * The address of a notifier, or an error at the start that does not show it: it is a secret.
 * @throws KyuConfigError
 */
export function requireWebUrl(notifier: string, field: string, value: unknown): string {
  if (typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw unusable(notifier, field, 'an http:// or https:// URL');
}

/** @throws KyuConfigError */
export function requireText(notifier: string, field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw unusable(notifier, field, 'text that is not empty');
}

function unusable(notifier: string, field: string, allowed: string): KyuConfigError {
  const value = 'a value that is not shown, because it may be a secret';
  return new KyuConfigError([{ field: `${notifier}.${field}`, value, allowed }], 'A notifier');
}
