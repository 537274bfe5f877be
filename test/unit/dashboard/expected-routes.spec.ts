import { describe, expect, it } from 'vitest';
import { DASHBOARD_ROUTES, openApiDocument } from '../../../lib/dashboard.js';
import type { Route } from '../../../lib/dashboard/routes/route.js';
import type { Schema } from '../../../lib/dashboard/schemas/schema.js';
import { EXPECTED_ROUTES } from '../../support/dashboard/expected-routes.js';

const expected = [...EXPECTED_ROUTES];
const WITHOUT_SHAPE = { redirect: 'elsewhere', text: 'text', stream: 'events', document: 'document' };

function answerOf({ answers, schema }: Route): string {
  return answers === 'json' ? shapeOf(schema ?? {}) : WITHOUT_SHAPE[answers];
}

/** `JobRow[]`, `{ id: string }`. */
function shapeOf(schema: Schema): string {
  const { $ref, items, anyOf, properties, type } = schema as Record<string, unknown>;
  if (typeof $ref === 'string') return $ref.replace('#/components/schemas/', '');
  if (Array.isArray(anyOf)) return (anyOf as Schema[]).map(shapeOf).join(' | ');
  if (items !== undefined) return `${shapeOf(items as Schema)}[]`;
  if (typeof properties !== 'object' || properties === null)
    return typeof type === 'string' ? type : 'anything';
  const fields = Object.entries(properties).map(([name, field]) => `${name}: ${shapeOf(field as Schema)}`);
  return `{ ${fields.join(', ')} }`;
}

describe('the routes of the REST API', () => {
  it('F94 ask for the permissions, and answer the shapes, that are written down, and there are no others', () => {
    const served = DASHBOARD_ROUTES.map(
      (route) => `${route.method} ${route.path}: ${route.permission}, ${answerOf(route)}`,
    );
    const written = expected.map(([route, { permission, answer }]) => `${route}: ${permission}, ${answer}`);
    expect(served.sort()).toEqual(written.sort());
  });

  it('F91 F94 are in the document with the same permissions', () => {
    const { paths } = openApiDocument(DASHBOARD_ROUTES) as {
      paths: Record<string, Record<string, { 'x-kyu-permission': string }>>;
    };
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, operation]) =>
          `${method.toUpperCase()} ${path.slice(1).replaceAll(/\{(\w+)\}/g, ':$1')}: ${operation['x-kyu-permission']}`,
      ),
    );
    expect(documented.sort()).toEqual(
      expected.map(([route, { permission }]) => `${route}: ${permission}`).sort(),
    );
  });
});
