import type { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { pathOf } from './http/base-path.js';
import { setBodyAside } from './http/request-body.js';

interface ExpressApplication {
  use(handler: (request: IncomingMessage, response: unknown, next: () => void) => void): void;
}

interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: { raw: IncomingMessage }, reply: unknown, done: () => void) => void,
  ): void;
}

/**
 * Keeps the parsers of the framework away from bodies that go to the API. It has to be there before they are, so it is
 * called while the application's providers are made.
 */
export function keepBodiesAside(
  { httpAdapter }: HttpAdapterHost,
  config: ApplicationConfig,
  path: string,
): void {
  // An application without HTTP has nobody to ask.
  if (httpAdapter === undefined || httpAdapter === null) return;
  const look = (request: IncomingMessage) => {
    if (isBelow(pathOf(request.url ?? ''), [config.getGlobalPrefix(), path, 'api/v1'])) setBodyAside(request);
  };
  const instance: unknown = httpAdapter.getInstance();
  if (httpAdapter.getType() === 'fastify') {
    (instance as FastifyInstance).addHook('onRequest', ({ raw }, _reply, done) => {
      look(raw);
      done();
    });
    return;
  }
  (instance as ExpressApplication).use((request, _response, next) => {
    look(request);
    next();
  });
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
