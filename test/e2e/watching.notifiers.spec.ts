import { DiscardJob, discord, JobHandler, KyuProducer, KyuWorkers, slack, telegram } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, startApp } from '../support/kyu-app.js';
import { startHookServer } from '../support/observability/hook-server.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('notifiers');
});

afterAll(() => ledger.close());

class Handlers {
  @JobHandler('gives_up')
  giveUp(reason: string): void {
    throw new DiscardJob(reason);
  }

  @JobHandler('works')
  work(): void {}
}

describe('the notifiers of an application', () => {
  it('F100 tell three channels of a dead job, and of no payload', async () => {
    const server = await startHookServer();
    const options = ledger.options({
      notifiers: [
        slack({ webhook: `${server.url}/services/T/B/x` }),
        discord({ webhook: `${server.url}/api/webhooks/1/x`, on: ['dead', 'succeeded'] }),
        telegram({ api: server.url, token: '1:x', chat: 5 }),
      ],
    });
    const app = await startApp({ providers: [Handlers], kyu: options });
    const kyu = app.get(KyuProducer);
    const { id } = await kyu.enqueue('gives_up', 'no such address');
    await ledger.reaches(id, 'dead');
    const text = `[dead] gives_up: DiscardJob: no such address (queue ${options.queueName}, attempt 1, job ${id})`;
    await eventually(() => expect(server.requests).toHaveLength(3));
    const byPath = new Map(server.requests.map(({ path, body }) => [path, body]));
    expect(byPath.get('/services/T/B/x')).toEqual({ text });
    expect(byPath.get('/api/webhooks/1/x')).toMatchObject({ content: text });
    expect(byPath.get('/bot1:x/sendMessage')).toMatchObject({ chat_id: 5, text });
    const works = await kyu.enqueue('works', { card: '4111' });
    await ledger.ends(works.id);
    await eventually(() => expect(server.requests).toHaveLength(4));
    expect(server.requests[3]).toMatchObject({ path: '/api/webhooks/1/x' });
    expect(JSON.stringify(server.requests)).not.toContain('4111');
  });

  it('F100 hold up nothing when their server is silent, and say at the end what they did not tell', async () => {
    const server = await startHookServer();
    server.answers.push({ silent: true });
    const options = ledger.options({ notifiers: [slack({ webhook: `${server.url}/services/hunter2` })] });
    const app = await startApp({ providers: [Handlers], kyu: options });
    const kyu = app.get(KyuProducer);
    const first = await kyu.enqueue('gives_up', 'first');
    await ledger.reaches(first.id, 'dead');
    await eventually(() => expect(server.requests).toHaveLength(1));
    const second = await kyu.enqueue('works', {});
    expect(await ledger.ends(second.id)).toMatchObject({ status: 'completed' });
    const third = await kyu.enqueue('gives_up', 'third');
    await ledger.reaches(third.id, 'dead');

    const beganMs = performance.now();
    await closeOnce(app);
    expect(performance.now() - beganMs).toBeLessThan(6_000);
    const lines = options.logger.lines.filter(({ message }) => message.includes('notifier "slack"'));
    expect(lines[0]).toMatchObject({ level: 'warn', details: { lost: 1 } });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('F100 tell before the end what happened just before it', async () => {
    const server = await startHookServer();
    const notifiers = [slack({ webhook: `${server.url}/services/x` })];
    const app = await startApp({ providers: [Handlers], kyu: ledger.options({ notifiers }) });
    const { id } = await app.get(KyuProducer).enqueue('gives_up', 'at the end');
    await ledger.reaches(id, 'dead');
    await closeOnce(app);
    expect(server.requests).toHaveLength(1);
  });
});

describe('the counters of a process', () => {
  it('F108 are read from KyuWorkers, by priority and type', async () => {
    const app = await startApp({ providers: [Handlers], kyu: ledger.options() });
    const kyu = app.get(KyuProducer);
    const jobs = [
      await kyu.enqueue('works', {}, { priority: 10 }),
      await kyu.enqueue('works', {}),
      await kyu.enqueue('gives_up', 'x'),
    ];
    for (const { id } of jobs) await ledger.ends(id);
    await eventually(() =>
      expect(app.get(KyuWorkers).statistics()).toMatchObject([
        { type: 'gives_up', priority: 0, started: 1, succeeded: 0, failed: 1 },
        { type: 'works', priority: 10, started: 1, succeeded: 1, failed: 0 },
        { type: 'works', priority: 0, started: 1, succeeded: 1, failed: 0 },
      ]),
    );
  });
});
