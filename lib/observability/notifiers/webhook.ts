import { createHmac } from 'node:crypto';
import type { KyuNotifier, NotifierOptions } from '../../core/ports/notifier.js';
import { refuseUnknownOptions, requireText, requireWebUrl } from './notifier-options.js';
import { postJson } from './post-json.js';

/** Options of `webhook`. */
export interface WebhookOptions extends NotifierOptions {
  /** Where it is posted to. May hold a secret. */
  url: string;
  /** Signs the body: `x-kyu-signature: sha256=<hex of the HMAC>`. */
  secret?: string;
}

/**
 * Posts `{ text, event }` as JSON to a server of your own; `event` is absent where the text sums several up.
 * @throws KyuConfigError when `url` is no URL, or the secret is empty
 * @example
 * KyuModule.forRoot({ notifiers: [webhook({ url: 'https://ops.example/kyu', secret: process.env.HOOK_SECRET })] })
 */
export function webhook(given: WebhookOptions): KyuNotifier {
  refuseUnknownOptions('webhook', given, { url: true, secret: true });
  const { url: address, secret, ...options } = given;
  const url = requireWebUrl('webhook', 'url', address);
  const key = secret === undefined ? undefined : requireText('webhook', 'secret', secret);
  return {
    ...options,
    name: 'webhook',
    deliver: ({ text, notice }, signal) => {
      const body = JSON.stringify({ text, event: notice });
      if (key === undefined) return postJson({ url, body }, signal);
      const headers = { 'x-kyu-signature': signatureOf(body, key) };
      return postJson({ url, body, headers, secrets: [key] }, signal);
    },
  };
}

function signatureOf(body: string, key: string): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}
