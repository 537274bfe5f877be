import { recordError } from '../../core/error-record.js';
import { DeliveryFailure } from '../../core/ports/notifier.js';
import { oneLine } from '../log-line.js';

/** One request of a notifier. */
export interface JsonPost {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts that no error may show, beside the URL: a token. */
  readonly secrets?: readonly string[];
}

/** More of an answer is never looked at; as `oneLine` cuts it, a secret at the edge is masked before. */
const LONGEST_LOOK = 16_384;
/** A shorter path is no secret, and masking it would tear everything apart. */
const SHORTEST_SECRET_PATH = 8;
/** Statuses below 500 after which another try may come to something else: timeout, too early, too many. */
const WORTH_A_RETRY = [408, 425, 429];

/**
 * Posts JSON and reads the answer's meaning.
 * @throws DeliveryFailure whatever goes wrong; its text holds no secret
 */
export async function postJson(post: JsonPost, signal: AbortSignal): Promise<void> {
  const response = await send(post, signal);
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const { status, headers } = response;
  const answer = (await response.text().catch(() => '')).slice(0, LONGEST_LOOK);
  throw new DeliveryFailure(masked(`HTTP ${status}: ${answer}`, post), {
    isFinal: status < 500 && !WORTH_A_RETRY.includes(status),
    retryAfterMs: retryAfterMsOf(headers, answer),
  });
}

async function send(post: JsonPost, signal: AbortSignal): Promise<Response> {
  const { url, body, headers } = post;
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal,
      // Whoever the server points to has no right to see what is in the URL.
      redirect: 'error',
    });
  } catch (error) {
    throw new DeliveryFailure(masked(whyNot(error), post));
  }
}

/** `fetch` itself says only that it failed. */
function whyNot(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const said = recordError(error).message;
  return cause === undefined ? said : `${said} (${recordError(cause).message})`;
}

function masked(text: string, { url, secrets = [] }: JsonPost): string {
  const all = [url, ...secretPathOf(url), ...secrets];
  return oneLine(all.reduce((left, secret) => left.replaceAll(secret, '***'), text));
}

function secretPathOf(url: string): string[] {
  const { pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  return path.length < SHORTEST_SECRET_PATH ? [] : [path];
}

/** Discord and Telegram say it in the body as well, and more exactly than in the header. */
function retryAfterMsOf(headers: Headers, answer: string): number | undefined {
  const seconds = secondsInBody(answer) ?? secondsInHeader(headers);
  return seconds === undefined || !(seconds >= 0) ? undefined : Math.ceil(seconds * 1_000);
}

function secondsInBody(answer: string): number | undefined {
  try {
    const { retry_after: own, parameters } = JSON.parse(answer) as RetryAnswer;
    return asSeconds(own ?? parameters?.retry_after);
  } catch {
    return undefined;
  }
}

interface RetryAnswer {
  readonly retry_after?: unknown;
  readonly parameters?: { readonly retry_after?: unknown };
}

function secondsInHeader(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds;
  // A date counts from the server's own clock, which the answer shows.
  return asSeconds((Date.parse(value) - Date.parse(headers.get('date') ?? '')) / 1_000);
}

function asSeconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
