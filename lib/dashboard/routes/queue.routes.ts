import type { QueueReading } from '../../core/ports/ledger.js';
import type { PauseResult } from '../../admin/queue-pauser.js';
import type { QueueRow, TrafficRow } from '../contract.js';
import { listOf, named, record, TEXT } from '../schemas/schema.js';
import { operatorOf, param, type Call } from './call.js';
import type { Route } from './route.js';

const PAUSE = record(
  {},
  {
    types: {
      type: 'array',
      items: { ...TEXT, maxLength: 256 },
      maxItems: 100,
      description: 'Only these job types.',
    },
    reason: { ...TEXT, maxLength: 4_096, description: 'For the trail.' },
  },
);

/** Looks at queues, and lets them rest. */
export const QUEUE_ROUTES: readonly Route[] = [
  {
    name: 'listQueues',
    method: 'GET',
    path: 'queues',
    permission: 'read',
    tag: 'Queues',
    summary: 'The queues of this instance, with their depth and what rests.',
    answers: 'json',
    schema: listOf(named('QueueRow')),
    handle: async ({ services }) => (await services.kyu.admin.queues()).map(queueRow),
  },
  {
    name: 'pauseQueue',
    method: 'POST',
    path: 'queues/:name/pause',
    permission: 'pause',
    tag: 'Queues',
    summary: 'Lets a queue rest, or some job types in it.',
    body: PAUSE,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Pauses'),
    handle: (call) => operate(call, 'pause'),
  },
  {
    name: 'resumeQueue',
    method: 'POST',
    path: 'queues/:name/resume',
    permission: 'pause',
    tag: 'Queues',
    summary: 'Lets a queue go on, or some job types in it.',
    body: PAUSE,
    bodyIsOptional: true,
    answers: 'json',
    schema: named('Pauses'),
    handle: (call) => operate(call, 'resume'),
  },
];

async function operate(call: Call, verb: 'pause' | 'resume'): Promise<unknown> {
  const { admin } = call.services.kyu;
  const queue = param(call, 'name');
  const by = operatorOf(call);
  const types = call.body['types'];
  if (!Array.isArray(types)) return { queues: (await admin[verb](queue, by)).queues };
  const changed = new Set<string>();
  for (const type of types as string[]) {
    const result: PauseResult = await admin[`${verb}Type`](type, queue, by);
    result.queues.forEach((name) => changed.add(name));
  }
  return { queues: [...changed] };
}

function queueRow(reading: QueueReading): QueueRow {
  const { queue, pending, scheduled, running, failed, dead } = reading;
  return {
    name: queue,
    paused: reading.paused,
    pausedTypes: reading.pausedTypes,
    liveWorkers: reading.liveWorkers,
    counts: { pending, scheduled, running, failed, dead },
    oldestPendingMs: reading.oldestPendingMs,
    traffic: quietTraffic(queue, pending, running),
    series: [],
    types: [],
  };
}

function quietTraffic(name: string, pending: number, running: number): TrafficRow {
  const nothing = { waitP50Ms: null, waitP95Ms: null, runP50Ms: null, runP95Ms: null };
  return { name, enqueued: 0, completed: 0, failed: 0, pending, running, ...nothing };
}
