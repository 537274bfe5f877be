import type { TrafficWindow } from '../../core/traffic.js';
import type { PauseResult } from '../../admin/queue-pauser.js';
import { listOf, named, record, TEXT } from '../schemas/schema.js';
import { queueRow } from '../traffic-answers.js';
import { operatorOf, param, textOf, type Call } from './call.js';
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
    summary: 'The queues of this instance, with their depth, what rests, and what happened in a window.',
    query: { window: { type: 'string', enum: ['1h', '24h', '7d'], default: '1h' } },
    answers: 'json',
    schema: listOf(named('QueueRow')),
    handle: listQueues,
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

async function listQueues(call: Call): Promise<unknown> {
  const window = (textOf(call, 'window') as TrafficWindow | undefined) ?? '1h';
  return (await call.services.kyu.admin.queueDetails(undefined, { window })).map(queueRow);
}

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
