import type { KyuRuntime } from '../../kyu.runtime.js';

/**
 * The process of this worker is gone for certain: its lease ends now, and its jobs go to others at once. Nobody has to
 * wait for the lease to run out.
 */
export async function buryWorker(runtime: KyuRuntime, workerId: string): Promise<void> {
  await runtime.admin.buryWorker(workerId, { actor: 'kyu work', reason: 'its process has ended' });
}
