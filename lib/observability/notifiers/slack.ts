import type { KyuNotifier, NotifierOptions } from '../../core/ports/notifier.js';
import { refuseUnknownOptions, requireWebUrl } from './notifier-options.js';
import { postJson } from './post-json.js';

/** Options of `slack`. */
export interface SlackOptions extends NotifierOptions {
  /** The URL of an incoming webhook: `https://hooks.slack.com/services/…`. A secret. */
  webhook: string;
}

/** Slack cuts longer texts itself, and says so in the channel. */
const LONGEST_TEXT = 4_000;

/**
 * Tells a Slack channel through an incoming webhook.
 * @throws KyuConfigError when `webhook` is no URL
 * @example
 * KyuModule.forRoot({ notifiers: [slack({ webhook: process.env.SLACK_WEBHOOK ?? '' })] })
 */
export function slack(given: SlackOptions): KyuNotifier {
  refuseUnknownOptions('slack', given, { webhook: true });
  const { webhook, ...options } = given;
  const url = requireWebUrl('slack', 'webhook', webhook);
  return {
    ...options,
    name: 'slack',
    deliver: ({ text }, signal) => postJson({ url, body: bodyOf(text) }, signal),
  };
}

/** The three characters that Slack gives a meaning to; without them `<!channel>` wakes nobody. */
function bodyOf(text: string): string {
  const plain = text.slice(0, LONGEST_TEXT).toWellFormed();
  const escaped = plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({ text: escaped });
}
