import type { KyuModuleOptions } from '../../kyu.options.js';
import type { KyuOperator } from '../../kyu.operator.js';
import type { KyuSchema } from '../../kyu.schema.js';
import { remark } from '../output/present.js';
import type { Shell } from '../shell.js';
import { explainConnection, redisIsAway } from './connection-failure.js';
import { connectionOf, type ConnectionFlags } from './connection-options.js';

/** Opens an instance for as long as the work takes. For looking: nobody is told of anything. */
export async function looking<Answer>(
  shell: Shell,
  flags: ConnectionFlags,
  work: (operator: KyuOperator) => Promise<Answer>,
): Promise<Answer> {
  const options = await connectionOf(shell, flags);
  // Loaded late: `kyu --help` needs neither TypeORM nor PostgreSQL's driver.
  const { KyuOperator: Operator } = await import('../../kyu.operator.js');
  return explaining(options, async () => {
    const operator = await Operator.open(options);
    try {
      return await work(operator);
    } finally {
      await operator.close();
    }
  });
}

/** The same for what changes something: workers are told at once. */
export async function operating<Answer>(
  shell: Shell,
  flags: ConnectionFlags,
  work: (operator: KyuOperator) => Promise<Answer>,
): Promise<Answer> {
  return looking(shell, flags, async (operator) => {
    await operator.tellWorkers();
    if (!operator.isRedisThere) await warnAboutRedis(shell, flags);
    return work(operator);
  });
}

/** Opens the schema itself, of whatever version it is. */
export async function migrating<Answer>(
  shell: Shell,
  flags: ConnectionFlags,
  work: (schema: KyuSchema) => Promise<Answer>,
): Promise<Answer> {
  const options = await connectionOf(shell, flags);
  const { KyuSchema: Schema } = await import('../../kyu.schema.js');
  return explaining(options, async () => {
    const schema = new Schema(options);
    await schema.open();
    try {
      return await work(schema);
    } finally {
      await schema.close();
    }
  });
}

async function warnAboutRedis(shell: Shell, flags: ConnectionFlags): Promise<void> {
  const options = await connectionOf(shell, flags);
  remark(
    shell,
    `${redisIsAway(options)}: it is done in PostgreSQL all the same, and workers find out by themselves. ` +
      'Say where Redis is with --redis or REDIS_URL, or --no-redis where there is none.',
  );
}

async function explaining<Answer>(options: KyuModuleOptions, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw explainConnection(error, options);
  }
}
