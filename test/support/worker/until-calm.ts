import type { INestApplicationContext } from '@nestjs/common';
import { KyuRuntime } from '../../../lib/kyu.runtime.js';
import { eventually } from '../eventually.js';

/** Waits until the workers of an application would keep a place for a job of its own queue. */
export async function untilCalm(app: INestApplicationContext, type: string): Promise<KyuRuntime> {
  const runtime = app.get(KyuRuntime);
  await eventually(() => {
    const probe = { id: 'probe', queue: runtime.options.queueName, type };
    const place = runtime.localClaims()?.reserve(probe);
    if (place === undefined) throw new Error('the workers keep no place');
    place.giveUp();
  });
  return runtime;
}
