import { afterAll, beforeAll } from 'vitest';
import { openDispatcher } from '../support/dispatch/open-dispatcher.js';
import { startRedis, type PrivateRedis } from '../support/stores/start-redis.js';
import {
  type SubjectFactory,
  describeEveryDispatcher,
  describeRememberingDispatcher,
} from './dispatcher.contract.js';
import { restoreAll } from '../support/dispatch/restore-all.js';

const QUEUES = ['shop', 'reports'];

let redis: PrivateRedis;
let opened = 0;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(async () => {
  await redis.remove();
});

const overRedis: SubjectFactory = async ({ windowSize }) => {
  opened += 1;
  const subject = await openDispatcher({
    redis: redis.url,
    prefix: `kyu${opened}`,
    queues: QUEUES,
    windowSize,
  });
  await restoreAll(subject.dispatcher, QUEUES);
  return subject;
};

const overPostgres: SubjectFactory = ({ windowSize }) =>
  openDispatcher({ redis: false, queues: QUEUES, windowSize });

describeEveryDispatcher('Redis', overRedis);
describeEveryDispatcher('PostgreSQL alone', overPostgres);
describeRememberingDispatcher('Redis', overRedis);
