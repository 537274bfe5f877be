import { KyuConfigError } from '../../core/errors.js';

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
