import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { JobHandler, KyuProducer } from 'nestjs-kyu';
import { DASHBOARD_ROUTES, openApiDocument } from 'nestjs-kyu/dashboard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiAt, send, UNFORGED, type ApiAnswer } from '../support/dashboard/api-client.js';
import { openDashboardApp, type DashboardApp } from '../support/dashboard/dashboard-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let open: DashboardApp;

class Mailer {
  @JobHandler('send_email', { maxRetries: 0 })
  send({ to }: { to: string }): string {
    if (to === 'nobody') throw new TypeError('there is nobody');
    return 'sent';
  }
}

const CANARY = '<script>alert(1)</script><img src=x onerror=alert(2)>';

beforeAll(async () => {
  ledger = await TestLedger.open('dash_document');
  open = await openDashboardApp({ adapter: 'express', kyu: ledger.options(), providers: [Mailer] });
});

afterAll(async () => {
  await open.app.close();
  await ledger.close();
});

/** Whether an answer is what the document says of its route. */
class Document {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });

  constructor(document: Record<string, unknown>) {
    this.ajv.addSchema(document, 'document');
  }

  objectionsTo(route: (typeof DASHBOARD_ROUTES)[number], { status, json }: ApiAnswer): string {
    const path = `/${route.path.replaceAll(/:(\w+)/g, '{$1}')}`.replaceAll('~', '~0').replaceAll('/', '~1');
    const known = status < 400 ? String(route.status ?? 200) : 'default';
    if (status < 400 && String(status) !== known) return `${status} is not in the document`;
    const at = `document#/paths/${encodeURIComponent(path)}/${route.method.toLowerCase()}/responses/${known}/content/application~1json/schema`;
    const validate = this.ajv.getSchema(at);
    if (validate === undefined) return `there is no schema at ${at}`;
    return validate(json) === true ? '' : JSON.stringify(validate.errors);
  }
}

describe('the OpenAPI document', () => {
  it('F91 is valid, and the same that is served', async () => {
    const { valid, errors } = await new Validator().validate(openApiDocument(DASHBOARD_ROUTES));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    const served = await send(open.url, { path: '/kyu/api/v1/openapi.json' });
    expect(served.json).toEqual(JSON.parse(JSON.stringify(openApiDocument(DASHBOARD_ROUTES))));
  });

  it('F91 has the seventeen endpoints that people know, and names each route once', () => {
    const known = DASHBOARD_ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(known).toEqual(
      expect.arrayContaining([
        'GET health',
        'GET config',
        'GET auth/providers',
        'GET auth/login/:provider',
        'GET auth/callback/:provider',
        'GET auth/me',
        'POST auth/logout',
        'GET stats',
        'GET job-types',
        'GET jobs',
        'GET jobs/:id',
        'GET jobs/:id/payload',
        'POST jobs/:id/retry',
        'POST jobs/:id/cancel',
        'DELETE jobs/:id',
        'POST jobs/bulk/retry',
        'POST jobs/bulk/delete',
      ]),
    );
    expect(new Set(known).size).toBe(known.length);
    expect(new Set(DASHBOARD_ROUTES.map(({ name }) => name)).size).toBe(known.length);
  });

  it('F91 F95 says what every route really answers, good and bad, and payloads are where they are asked for alone', async () => {
    const producer = open.app.get(KyuProducer);
    const dead = await producer.enqueue('send_email', { to: 'nobody', canary: CANARY }, { tags: [CANARY] });
    const child = await producer.enqueue('send_email', { to: 'x' });
    const waiting = await producer.enqueue('send_email', { to: 'later' }, { delay: '1h' });
    await ledger.reaches(dead.id, 'dead');
    await ledger.reaches(child.id, 'completed');
    const api = apiAt(open.url, '/kyu');
    await api.put('schedules/nightly', {
      cron: '0 3 * * *',
      timezone: 'Europe/Berlin',
      type: 'send_email',
      payload: { to: 'x' },
    });
    await api.post('queues/some/pause', { reason: CANARY });
    const document = new Document(
      JSON.parse(JSON.stringify(openApiDocument(DASHBOARD_ROUTES))) as Record<string, unknown>,
    );
    const objections: string[] = [];
    for (const route of DASHBOARD_ROUTES) {
      if (route.answers !== 'json' && route.answers !== 'text') continue;
      for (const id of [dead.id, child.id, waiting.id, 'nonsense', CANARY]) {
        const answer = await ask(route, id);
        expect(answer.headers['content-type'], route.name).toBe('application/json; charset=utf-8');
        if (route.answers === 'json' && !route.name.startsWith('list') && !/schedule/i.test(route.name)) {
          expect(answer.text.includes('"canary"'), route.name).toBe(false);
        }
        const objection =
          route.answers === 'json' || answer.status >= 400 ? document.objectionsTo(route, answer) : '';
        if (objection !== '')
          objections.push(`${route.method} ${route.path}: ${objection} in ${answer.text}`);
      }
    }
    expect(objections).toEqual([]);
  });

  function ask(route: (typeof DASHBOARD_ROUTES)[number], id: string): Promise<ApiAnswer> {
    const value = (name: string) =>
      encodeURIComponent(name === 'id' ? id : name === 'name' ? 'nightly' : 'github');
    const path = `/kyu/api/v1/${route.path.replaceAll(/:(\w+)/g, (_, name: string) => value(name))}`;
    const body = route.method === 'GET' ? undefined : bodyFor(route.name, id);
    return send(open.url, { method: route.method, path, headers: UNFORGED, body });
  }
});

function bodyFor(name: string, id: string): unknown {
  if (name === 'enqueueJob')
    return { type: 'send_email', payload: { to: 'x' }, options: { queue: id.slice(0, 8) } };
  if (name === 'rescheduleJob') return { when: '2h' };
  if (name === 'changeJob') return { priority: 3 };
  if (name === 'writeSchedule') return { cron: '0 3 * * *', type: 'send_email' };
  if (name === 'previewSchedule') return { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
  if (name === 'fixFinding') return { code: 'redis-behind' };
  if (name === 'rescheduleJobs') return { query: 'type:none', when: '1h' };
  if (name.endsWith('Jobs')) return { query: 'type:none status:dead', dryRun: true };
  return {};
}
