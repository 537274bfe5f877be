import { Cluster } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DispatchLab, tookMs, untilMode } from '../support/dispatch/dispatch-lab.js';
import { hintsOf, idsOf, makeHint, makeHints } from '../support/dispatch/hints.js';
import type { OpenDispatcher } from '../support/dispatch/open-dispatcher.js';
import { restoreAll } from '../support/dispatch/restore-all.js';
import { eventually } from '../support/eventually.js';

const ROOMS = [
  { type: 'send_email', size: 100 },
  { type: 'generate_report', size: 100 },
];
const QUEUES = ['shop', 'reports'];
const RETURNS_WITHIN_MS = 5_000;

let lab: DispatchLab;
/** The application's own client; Kyu only copies its settings. */
let cluster: Cluster;

beforeEach(async () => {
  lab = await DispatchLab.start(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
  await claimAllSlots();
  cluster = new Cluster([{ host: '127.0.0.1', port: lab.server.port }], { lazyConnect: true });
});

afterEach(async () => {
  await lab.end();
});

describe('a Redis Cluster of one node', { timeout: 60_000 }, () => {
  it('serves several queues and types: every script stays in one slot', async () => {
    const subject = await openOverCluster();
    for (const queue of QUEUES) {
      const hints = [...makeHints(3), makeHint({ type: 'generate_report' })];
      await subject.dispatcher.announce(queue, hints);
      await eventually(() => expect(subject.woken).toContain(queue));
      expect(hintsOf(await subject.dispatcher.take(queue, ROOMS, 10)).ids).toEqual(idsOf(hints));
      const emails = hints.slice(0, 3);
      expect(await subject.dispatcher.restore(queue, 'send_email', emails, true)).toEqual({ added: 3 });
    }
    expect(cluster.status).toBe('wait');
  });

  it('may die and come back', async () => {
    const subject = await openOverCluster();
    await lab.server.kill();
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'look' });
    await untilMode(subject, 'postgres', 5_000);
    await lab.server.start();
    await claimAllSlots();
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    await hearsWakeUps(subject);
  });

  it('may freeze and thaw', async () => {
    const subject = await openOverCluster();
    lab.server.pause();
    const takes = Promise.all(QUEUES.map((queue) => subject.dispatcher.take(queue, ROOMS, 10)));
    expect(await tookMs(takes)).toBeLessThan(1_500);
    expect(await takes).toEqual([{ kind: 'look' }, { kind: 'look' }]);
    await untilMode(subject, 'postgres', 1_000);
    lab.server.resume();
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
    await hearsWakeUps(subject);
  });

  it('is left without a timer', async () => {
    const subject = await openOverCluster();
    expect(await tookMs(subject.dispatcher.stop())).toBeLessThan(2_000);
    expect(subject.clock.timers).toBe(0);
  });
});

async function openOverCluster(): Promise<OpenDispatcher> {
  const subject = await lab.open({ redis: cluster, queues: QUEUES });
  expect(subject.events('dispatcher.switched')).toEqual([]);
  await restoreAll(subject.dispatcher, QUEUES);
  return subject;
}

async function hearsWakeUps(subject: OpenDispatcher): Promise<void> {
  subject.woken.length = 0;
  await eventually(async () => {
    await subject.dispatcher.announce('shop', makeHints(1));
    await eventually(() => expect(subject.woken).toContain('shop'), { withinMs: 100 });
  });
}

async function claimAllSlots(): Promise<void> {
  await lab.admin(async (redis) => {
    const info = await redis.cluster('INFO');
    const areClaimed = info.includes('cluster_slots_assigned:16384');
    if (!areClaimed) await redis.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await eventually(async () => expect(await redis.cluster('INFO')).toContain('cluster_state:ok'));
  });
}
