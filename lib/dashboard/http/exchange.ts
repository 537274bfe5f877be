import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a request is answered with. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/** An open answer that goes on: server-sent events. */
export interface HttpStream {
  /** False when the other side does not keep up; `drained` tells when it does again. */
  write(text: string): boolean;
  readonly drained: (then: () => void) => void;
  readonly closed: (then: () => void) => void;
  end(): void;
}

/** One request and its answer, the same on Express and on Fastify. */
export interface Exchange {
  readonly method: string;
  /** The path and the query string as they were sent, the global prefix included. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly params: Readonly<Record<string, string>>;
  /** What a wildcard of the route stood for. */
  readonly rest: string;
  /** What a guard of the application found out about whoever asks. */
  readonly user: unknown;
  /** The request as the framework knows it. */
  readonly native: unknown;
  /** The request itself, for its body and its socket. */
  readonly raw: IncomingMessage;
  /** A body that somebody has parsed already. */
  readonly parsedBody: unknown;
  send(answer: HttpAnswer): void;
  stream(headers: Readonly<Record<string, string>>): HttpStream;
}

/** What both frameworks' requests have. */
interface NativeRequest {
  readonly url?: string;
  readonly originalUrl?: string;
  readonly params?: unknown;
  readonly user?: unknown;
  readonly body?: unknown;
  /** Fastify's; Express's request is the raw one itself. */
  readonly raw?: IncomingMessage;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): FastifyReply;
  header(name: string, value: unknown): FastifyReply;
  getHeaders(): Record<string, number | string | string[] | undefined>;
  hijack(): FastifyReply;
  send(body: unknown): unknown;
}

/** Tells the frameworks apart by what they hand over, so that neither has to be installed. */
export function exchangeOf(request: unknown, response: unknown): Exchange {
  const native = request as NativeRequest;
  const raw = native.raw ?? (request as IncomingMessage);
  const reply = response as FastifyReply;
  const isFastify = typeof reply.hijack === 'function';
  return {
    method: raw.method ?? 'GET',
    url: native.originalUrl ?? raw.url ?? '/',
    headers: raw.headers,
    params: paramsOf(native.params),
    rest: restOf(native.params),
    user: native.user,
    native: request,
    raw,
    parsedBody: native.body,
    send: (answer) =>
      isFastify ? sendByFastify(reply, answer) : sendRaw(response as ServerResponse, answer),
    stream: (headers) =>
      isFastify ? openFastify(reply, headers) : openStream(response as ServerResponse, headers),
  };
}

function paramsOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  const texts = Object.entries(params).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts);
}

/** Fastify calls it `*` and gives text, Express gives the segments under the name that it has there. */
function restOf(params: unknown): string {
  if (typeof params !== 'object' || params === null) return '';
  const { rest, '*': text } = params as { rest?: unknown; '*'?: unknown };
  if (Array.isArray(rest)) return rest.join('/');
  return typeof text === 'string' ? text : '';
}

/** By way of Fastify, so that headers of its plugins and its hooks have their turn. */
function sendByFastify(reply: FastifyReply, { status, headers, body }: HttpAnswer): void {
  reply.code(status);
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  reply.send(typeof body === 'string' ? Buffer.from(body) : body);
}

function sendRaw(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  if (response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (status !== 204 && status !== 304) response.setHeader('content-length', bytes.byteLength);
  response.end(bytes);
}

function openFastify(reply: FastifyReply, headers: Readonly<Record<string, string>>): HttpStream {
  // Headers of its plugins, such as those of CORS, wait in the reply and would be lost with it.
  const waiting = Object.entries(reply.getHeaders());
  reply.hijack();
  for (const [name, value] of waiting) if (value !== undefined) reply.raw.setHeader(name, value);
  return openStream(reply.raw, headers);
}

function openStream(response: ServerResponse, headers: Readonly<Record<string, string>>): HttpStream {
  response.statusCode = 200;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.flushHeaders();
  // A connection that broke is one that closed; without a listener its error would end the process.
  response.on('error', () => response.destroy());
  return {
    write: (text) => {
      const isWritten = response.write(text);
      // Compression of the application's would hold it back until there is more.
      (response as ServerResponse & { flush?: () => void }).flush?.();
      return isWritten;
    },
    drained: (then) => void response.once('drain', then),
    closed: (then) => void response.once('close', then),
    end: () => void response.end(),
  };
}
