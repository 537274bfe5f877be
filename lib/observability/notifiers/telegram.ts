import type { KyuNotifier, NotifierOptions } from '../../core/ports/notifier.js';
import { refuseUnknownOptions, requireText, requireWebUrl } from './notifier-options.js';
import { postJson } from './post-json.js';

/** Options of `telegram`. */
export interface TelegramOptions extends NotifierOptions {
  /** The token of the bot. A secret. */
  token: string;
  /** The chat: its number, or `@channel`. */
  chat: number | string;
  /** The Bot API. Default `https://api.telegram.org`; give your own server's address where you run one. */
  api?: string;
}

/** Telegram refuses longer ones. */
const LONGEST_TEXT = 4_096;

/**
 * Tells a Telegram chat through a bot.
 * @throws KyuConfigError when the token is empty or `api` is no URL
 * @example
 * KyuModule.forRoot({ notifiers: [telegram({ token: process.env.BOT_TOKEN ?? '', chat: '@operations' })] })
 */
export function telegram(given: TelegramOptions): KyuNotifier {
  refuseUnknownOptions('telegram', given, { token: true, chat: true, api: true });
  const { token, chat, api, ...options } = given;
  const secret = requireText('telegram', 'token', token);
  const base = requireWebUrl('telegram', 'api', api ?? 'https://api.telegram.org').replace(/\/+$/, '');
  const url = `${base}/bot${secret}/sendMessage`;
  // Without a parse mode the text is taken as it is, so nothing has to be escaped.
  const bodyOf = (text: string): string =>
    JSON.stringify({
      chat_id: chat,
      text: text.slice(0, LONGEST_TEXT).toWellFormed(),
      link_preview_options: { is_disabled: true },
    });
  return {
    ...options,
    name: 'telegram',
    deliver: ({ text }, signal) => postJson({ url, secrets: [secret], body: bodyOf(text) }, signal),
  };
}
