import type { AbstractHttpAdapter, ApplicationConfig } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { refusalAnswer } from './http/answers.js';
import { pathOf } from './http/base-path.js';
import { setBodyAside } from './http/request-body.js';
import { notFound } from './refusal.js';

interface ExpressApplication {
  use(handler: (request: IncomingMessage, response: unknown, next: () => void) => void): void;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  /** No route was found for it. */
  readonly is404: boolean;
}

interface FastifyReply {
  code(status: number): FastifyReply;
  headers(values: object): FastifyReply;
  send(body: unknown): FastifyReply;
}

interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): void;
}

/**
 * Keeps the parsers of the framework away from bodies that go to the API. It has to be there before they are, so it is
 * called while the application's providers are made.
 */
export function keepBodiesAside(
  httpAdapter: AbstractHttpAdapter,
  config: ApplicationConfig,
  path: string,
): void {
  const isOurs = (request: IncomingMessage) =>
    isBelow(pathOf(request.url ?? ''), [config.getGlobalPrefix(), path, 'api/v1']);
  const instance: unknown = httpAdapter.getInstance();
  if (httpAdapter.getType() === 'fastify') {
    (instance as FastifyInstance).addHook('onRequest', ({ raw, is404 }, reply, done) => {
      if (!isOurs(raw)) return done();
      // Its wildcards leave out empty and very long words.
      if (is404 || hasEmptyWord(raw)) return sendNotFound(reply);
      setBodyAside(raw);
      done();
    });
    return;
  }
  (instance as ExpressApplication).use((request, _response, next) => {
    if (isOurs(request)) setBodyAside(request);
    next();
  });
}

function hasEmptyWord({ url = '' }: IncomingMessage): boolean {
  return /\/(?:\/|$)/.test(pathOf(url));
}

function sendNotFound(reply: FastifyReply): void {
  const { status, headers, body } = refusalAnswer(notFound('such route'));
  reply.code(status).headers(headers).send(body);
}

/** In any spelling that a router might accept: a body that is taken aside for nothing is only parsed by nobody. */
function isBelow(path: string, parts: readonly (string | undefined)[]): boolean {
  const wanted = parts.flatMap((part) => (part ?? '').split('/')).filter((segment) => segment !== '');
  const given = path.split('/').filter((segment) => segment !== '');
  return wanted.every((segment, index) => segment.toLowerCase() === plain(given[index] ?? '').toLowerCase());
}

function plain(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
