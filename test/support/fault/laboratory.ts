import { onTestFailed } from 'vitest';
import { startPostgres } from '../stores/start-postgres.js';
import { startRedis } from '../stores/start-redis.js';
import { Grounds, type RoundSettings } from './grounds.js';
import type { Round } from './round.js';
import { chooseSeed } from './seeded-random.js';

export { Round } from './round.js';
export type { RoundSettings } from './grounds.js';

/** The grounds of one test file: a test that fails tells its seed, and what its processes complained of. */
export class Laboratory extends Grounds {
  static async open(): Promise<Laboratory> {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    return new Laboratory(postgres, redis, chooseSeed());
  }

  override async round(settings: RoundSettings = {}): Promise<Round> {
    const round = await super.round(settings);
    onTestFailed(() => console.log(`KYU_SEED=${this.seed}\n${round.lastWords}`));
    return round;
  }
}
