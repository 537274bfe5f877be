import type { KyuNotifier, NotifierOptions } from '../../core/ports/notifier.js';
import { refuseUnknownOptions, requireWebUrl } from './notifier-options.js';
import { postJson } from './post-json.js';

/** Options of `discord`. */
export interface DiscordOptions extends NotifierOptions {
  /** The URL of a channel's webhook: `https://discord.com/api/webhooks/…`. A secret. */
  webhook: string;
}

/** Discord refuses longer ones. */
const LONGEST_TEXT = 2_000;

/**
 * Tells a Discord channel through a webhook.
 * @throws KyuConfigError when `webhook` is no URL
 * @example
 * KyuModule.forRoot({ notifiers: [discord({ webhook: process.env.DISCORD_WEBHOOK ?? '' })] })
 */
export function discord(given: DiscordOptions): KyuNotifier {
  refuseUnknownOptions('discord', given, { webhook: true });
  const { webhook, ...options } = given;
  const url = requireWebUrl('discord', 'webhook', webhook);
  return {
    ...options,
    name: 'discord',
    deliver: ({ text }, signal) => postJson({ url, body: bodyOf(text) }, signal),
  };
}

/** An error text with `@everyone` in it must call nobody. */
function bodyOf(text: string): string {
  const content = text.slice(0, LONGEST_TEXT).toWellFormed();
  return JSON.stringify({ content, allowed_mentions: { parse: [] } });
}
