import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DeliveryFailure, type JobNotice, type KyuNotifier } from '../../../../lib/core/ports/notifier.js';
import { KyuConfigError } from '../../../../lib/core/errors.js';
import { discord } from '../../../../lib/observability/notifiers/discord.js';
import { slack } from '../../../../lib/observability/notifiers/slack.js';
import { telegram } from '../../../../lib/observability/notifiers/telegram.js';
import { webhook } from '../../../../lib/observability/notifiers/webhook.js';
import {
  startHookServer,
  type HookAnswer,
  type HookServer,
} from '../../../support/observability/hook-server.js';

const SECRET = 'T0/B0/hunter2hunter2';
const TOKEN = '123456:hunter2-hunter2';

const NOTICE: JobNotice = {
  event: 'dead',
  instance: 'default',
  jobId: 'j1',
  jobType: 'send_email',
  queue: 'shop',
  run: 4,
  attempt: 4,
  workerId: 'w',
  error: 'refused',
};

/** Each notifier, and texts with which its server could give it away. */
const every = (server: HookServer): [KyuNotifier, string[]][] => {
  const { url } = server;
  return [
    [slack({ webhook: `${url}/services/${SECRET}` }), [`${url}/services/${SECRET}`, `/services/${SECRET}`]],
    [discord({ webhook: `${url}/api/webhooks/1/${SECRET}` }), [`/api/webhooks/1/${SECRET}`]],
    [telegram({ api: url, token: TOKEN, chat: '@operations' }), [TOKEN, `/bot${TOKEN}/sendMessage`]],
    [webhook({ url: `${url}/hook?key=${SECRET}`, secret: 'hunter2' }), [`/hook?key=${SECRET}`, 'hunter2']],
  ];
};

const deliver = (notifier: KyuNotifier, text: string): Promise<void> =>
  notifier.deliver({ text, notice: NOTICE }, new AbortController().signal);

async function failureOf(notifier: KyuNotifier): Promise<DeliveryFailure> {
  const failure: unknown = await deliver(notifier, 'x').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DeliveryFailure);
  return failure as DeliveryFailure;
}

describe('the formats', () => {
  it('F100 of Slack: an incoming webhook, its three special characters escaped', async () => {
    const server = await startHookServer();
    await deliver(slack({ webhook: `${server.url}/services/T/B/x` }), '<!channel> a && b > "c"');
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/services/T/B/x',
        headers: { 'content-type': 'application/json' },
        body: { text: '&lt;!channel&gt; a &amp;&amp; b &gt; "c"' },
      },
    ]);
  });

  it('F100 of Discord: a webhook that mentions nobody, with at most 2,000 characters', async () => {
    const server = await startHookServer();
    server.answers.push({ status: 204, body: '' });
    await deliver(discord({ webhook: `${server.url}/api/webhooks/1/x` }), `@everyone ${'x'.repeat(3_000)}`);
    const [request] = server.requests;
    expect(request).toMatchObject({ path: '/api/webhooks/1/x', body: { allowed_mentions: { parse: [] } } });
    expect(request?.body['content']).toHaveLength(2_000);
  });

  it('F100 of Telegram: sendMessage of the Bot API, as plain text of at most 4,096 characters', async () => {
    const server = await startHookServer();
    server.answers.push({ body: '{"ok":true,"result":{"message_id":1}}' });
    await deliver(
      telegram({ api: `${server.url}/`, token: TOKEN, chat: -100_123 }),
      `<b>${'x'.repeat(5_000)}`,
    );
    const [request] = server.requests;
    expect(request?.path).toBe(`/bot${TOKEN}/sendMessage`);
    expect(request?.body).toMatchObject({ chat_id: -100_123, link_preview_options: { is_disabled: true } });
    expect(request?.body['text']).toMatch(/^<b>x{4093}$/);
    expect(request?.body).not.toHaveProperty('parse_mode');
  });

  it('F100 of a webhook of your own: text and event, signed', async () => {
    const server = await startHookServer();
    await deliver(webhook({ url: `${server.url}/hook`, secret: 'hunter2' }), 'hello');
    const [request] = server.requests;
    expect(request?.body).toEqual({ text: 'hello', event: NOTICE });
    const signature = createHmac('sha256', 'hunter2')
      .update(request?.text ?? '')
      .digest('hex');
    expect(request?.headers['x-kyu-signature']).toBe(`sha256=${signature}`);
    await deliver(webhook({ url: `${server.url}/hook` }), 'hello');
    expect(server.requests[1]?.headers).not.toHaveProperty('x-kyu-signature');
  });

  it('cut no character in two', async () => {
    const server = await startHookServer();
    await deliver(discord({ webhook: server.url }), `${'x'.repeat(1_999)}😀`);
    expect(server.requests[0]?.body['content']).toBe(`${'x'.repeat(1_999)}\ufffd`);
  });
});

describe('what goes wrong', () => {
  const tooMany: [string, HookAnswer, number | undefined][] = [
    ['a header in seconds', { headers: { 'retry-after': '7' } }, 7_000],
    [
      'a header with a date',
      {
        headers: {
          date: 'Sun, 22 Nov 2026 08:00:00 GMT',
          'retry-after': 'Sun, 22 Nov 2026 08:00:30 GMT',
        },
      },
      30_000,
    ],
    [
      'the body, as Discord says it',
      { headers: { 'retry-after': '1' }, body: '{"retry_after":0.257,"global":false}' },
      257,
    ],
    [
      'the body, as Telegram says it',
      { body: '{"ok":false,"error_code":429,"parameters":{"retry_after":12}}' },
      12_000,
    ],
    ['nothing', {}, undefined],
    ['nonsense', { headers: { 'retry-after': 'soon' }, body: '{"retry_after":"x"}' }, undefined],
  ];

  it.each(tooMany)('F100 too many requests, with the wait in %s', async (_where, answer, expected) => {
    const server = await startHookServer();
    server.answers.push({ status: 429, ...answer });
    const failure = await failureOf(slack({ webhook: server.url }));
    expect(failure).toMatchObject({ isFinal: false, retryAfterMs: expected });
  });

  it.each([
    [400, true],
    [401, true],
    [403, true],
    [404, true],
    [410, true],
    [408, false],
    [429, false],
    [500, false],
    [503, false],
  ])('HTTP %i: another try is of no use: %j', async (status, isFinal) => {
    const server = await startHookServer();
    server.answers.push({ status, body: 'invalid_payload' });
    const failure = await failureOf(slack({ webhook: server.url }));
    expect(failure).toMatchObject({ isFinal, message: `HTTP ${status}: invalid_payload` });
  });

  it('follows nobody who sends it elsewhere', async () => {
    const server = await startHookServer();
    server.answers.push({ status: 307, headers: { location: '/elsewhere' } });
    expect(await failureOf(slack({ webhook: server.url }))).toMatchObject({ isFinal: false });
    expect(server.requests).toHaveLength(1);
  });

  it('never shows a URL, a token or a secret', async () => {
    const server = await startHookServer();
    for (const [notifier, echoes] of every(server)) {
      server.answers.push({ status: 404, body: `I do not know ${echoes.join(' or ')}.` });
      const failure = await failureOf(notifier);
      expect(failure.message).toMatch(/^HTTP 404: I do not know \*\*\*/);
      expect(failure.message).not.toContain('hunter2');
      expect(JSON.stringify(notifier)).not.toContain('hunter2');
    }
    await server.close();
    for (const [notifier] of every(server)) {
      const failure = await failureOf(notifier);
      expect(failure.message).toMatch(/fetch failed/);
      expect(failure.message).not.toContain('hunter2');
    }
  });

  it('cannot be set up without an address, and does not show what was given', () => {
    const wrong = [
      () => slack({ webhook: 'hooks.example/hunter2' }),
      () => discord({ webhook: '' }),
      () => telegram({ token: '', chat: 1 }),
      () => telegram({ token: 'x', chat: 1, api: 'ftp://hunter2' }),
      () => webhook({ url: 'hunter2' }),
      () => webhook({ url: 'https://ops.example', secret: '' }),
      () => slack('https://hooks.example/hunter2' as never),
    ];
    for (const make of wrong) {
      expect(make).toThrow(KyuConfigError);
      expect(make).toThrow(/^(?!.*hooks\.example)/s);
    }
    const misspelt = () => discord({ webhook: 'https://discord.example/x', perMinut: 5 } as never);
    expect(misspelt).toThrow(/discord\.perMinut: .*did you mean "perMinute"/);
  });
});
