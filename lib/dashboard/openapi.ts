import { KYU_VERSION } from '../kyu.version.js';
import { SHAPES } from './schemas/shapes.js';
import { named, record, type Schema } from './schemas/schema.js';
import { changesSomething, pathParameters, type Route } from './routes/route.js';

/** The OpenAPI 3.1 document of the routes. Its server is where it was read from. */
export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `/${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kyu',
      version: KYU_VERSION,
      description:
        'Looks at background jobs and operates on them. Every answer is { data } or { error }. Instants are ISO 8601, ' +
        'spans are ms. A change carries the csrfToken of GET /config in the header x-kyu-csrf.',
    },
    servers: [{ url: '.' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: { ...SHAPES } },
  };
}

function operation(route: Route): Record<string, unknown> {
  const { name, tag, summary, permission, body, bodyIsOptional = false } = route;
  return {
    operationId: name,
    tags: [tag],
    summary,
    'x-kyu-permission': permission,
    parameters: parametersOf(route),
    ...(body === undefined
      ? {}
      : { requestBody: { required: !bodyIsOptional, content: { 'application/json': { schema: body } } } }),
    responses: { [String(statusOf(route))]: answerOf(route), default: refusal() },
  };
}

function parametersOf(route: Route): object[] {
  const inPath = pathParameters(route.path).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(route.query ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    schema,
  }));
  const token = {
    name: 'x-kyu-csrf',
    in: 'header',
    required: true,
    schema: { type: 'string', minLength: 16 },
  };
  return [...inPath, ...inQuery, ...(changesSomething(route) ? [token] : [])];
}

/** The status of an answer that is no refusal. */
export function statusOf({ answers, status = 200 }: Route): number {
  return answers === 'redirect' ? 302 : status;
}

function answerOf({ answers, schema = {}, summary }: Route): object {
  switch (answers) {
    case 'redirect':
      return { description: 'Elsewhere.', headers: { location: { schema: { type: 'string' } } } };
    case 'stream':
      return { description: summary, content: { 'text/event-stream': { schema: { type: 'string' } } } };
    case 'text':
    case 'document':
      return { description: summary, content: { 'application/json': { schema: {} } } };
    default:
      return jsonContent(summary, record({ data: schema }));
  }
}

function refusal(): object {
  return jsonContent('A refusal; docs/errors.md lists the codes.', record({ error: named('Error') }));
}

function jsonContent(description: string, schema: Schema): object {
  return { description, content: { 'application/json': { schema } } };
}
