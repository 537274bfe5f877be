import type { IncomingMessage } from 'node:http';
import { badBody, bodyTooLarge, wrongMediaType } from '../refusal.js';
import type { Exchange } from './exchange.js';

type HeadersOfBody = Pick<
  IncomingMessage['headers'],
  'content-type' | 'content-length' | 'transfer-encoding'
>;

/** What was taken from a request before the parsers of the framework could see that it has a body. */
const SET_ASIDE = Symbol('kyu:body-headers');

interface MarkedRequest extends IncomingMessage {
  [SET_ASIDE]?: HeadersOfBody;
}

/**
 * Hides the body from the parsers of the framework: what they refuse is answered by the application's own filter,
 * in another shape than the API's, and a payload parsed by them has lost its big numbers.
 */
export function setBodyAside(request: IncomingMessage): void {
  const { headers } = request;
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (length === undefined && encoding === undefined) return;
  (request as MarkedRequest)[SET_ASIDE] = {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(length === undefined ? {} : { 'content-length': length }),
    ...(encoding === undefined ? {} : { 'transfer-encoding': encoding }),
  };
  delete headers['content-type'];
  delete headers['content-length'];
  delete headers['transfer-encoding'];
}

/**
 * The body as an object; one that is left out is an empty one.
 * @throws ApiRefusal when it is no JSON object, too large, or holds a number that would not arrive as it was sent
 */
export async function readBody(exchange: Exchange, limitBytes: number): Promise<Record<string, unknown>> {
  const aside = (exchange.raw as MarkedRequest)[SET_ASIDE];
  if (aside === undefined) return parsedAlready(exchange);
  const length = Number(aside['content-length'] ?? Number.NaN);
  if (length === 0) return {};
  if (length > limitBytes) throw bodyTooLarge(limitBytes);
  const text = await readText(exchange.raw, limitBytes);
  if (text.trim() === '') return {};
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(aside['content-type'] ?? ''))
    throw wrongMediaType();
  return parse(text);
}

/** The mount was reached by a way that could not be foreseen, so the parsers came first. */
function parsedAlready({ parsedBody }: Exchange): Record<string, unknown> {
  if (parsedBody === undefined || parsedBody === null) return {};
  if (isRecord(parsedBody)) return parsedBody;
  throw badBody('it is no object');
}

async function readText(request: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > limitBytes) throw bodyTooLarge(limitBytes);
      chunks.push(chunk);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof TypeError) throw badBody('it is not UTF-8');
    throw error;
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badBody('it is not JSON');
  }
  if (!isRecord(value)) throw badBody('it is no object');
  const inexact = inexactNumberIn(text);
  if (inexact === undefined) return value;
  throw badBody(`the number ${inexact.slice(0, LONGEST_SHOWN)} cannot be kept exactly; send it as text`);
}

const LONGEST_SHOWN = 40;
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number that JavaScript would round: who sent 9007199254740993 did not mean 9007199254740992. */
function inexactNumberIn(text: string): string | undefined {
  for (const [token] of text.matchAll(TEXT_OR_NUMBER)) {
    if (token.startsWith('"') || token.length < 16) continue;
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) return token;
    if (!Number.isFinite(Number(token))) return token;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
