import { countOf } from '../readable.js';
import { waitUntil } from '../wait-until.js';
import type { ChaosStage, Fault } from './fault.js';

/** Enough to see that jobs were under way, few enough for a short file of orders. */
const WORTH_KILLING = 5;
const PATIENCE_MS = 10_000;

/** SIGKILL in the middle of its jobs. Its lease ends a few seconds later, and others take the jobs back. */
export async function killAWorker(stage: ChaosStage): Promise<Fault> {
  const { ledger, say, shop, signal } = stage;
  const victim = shop.workers[0]!; // there are two
  const { name, pid } = victim.process;
  const isBusy = async () => (await ledger.runningIn(pid)) >= WORTH_KILLING;
  await waitUntil(isBusy, { withinMs: PATIENCE_MS, signal });

  await shop.killWorker(victim);
  const underWay = await ledger.runningIn(pid);
  say(`SIGKILL to ${name} (pid ${pid}), in the middle of ${countOf(underWay, 'job')}`);
  const { process: successor } = await shop.startWorker();
  say(`${successor.name} (pid ${successor.pid}) takes its place`);
  return {
    name: 'SIGKILL of a worker',
    hit: `${countOf(underWay, 'job')} under way`,
    didHit: underWay > 0,
  };
}
