import { endedOf } from '../ledger-figures.js';
import { countOf } from '../readable.js';
import { waitUntil } from '../wait-until.js';
import type { ChaosStage, Fault } from './fault.js';

/** Enough to see that jobs were under way, few enough for a short file of orders. */
const WORTH_KILLING = 5;
/** In the middle of the work, not before it has begun. */
const SHARE_BEFORE = 0.05;
const PATIENCE_MS = 10_000;

/** A worker that was killed, and the one that is on its way to take its place. */
export interface Killing {
  fault: Fault;
  successor: Promise<void>;
}

/** SIGKILL in the middle of its jobs. Its lease ends a few seconds later, and others take the jobs back. */
export async function killAWorker(stage: ChaosStage): Promise<Killing> {
  const { ledger, orders, say, shop, signal } = stage;
  const victim = shop.workers[0]!; // there are two
  const { name, pid } = victim.process;
  const isBusy = async () =>
    endedOf(await ledger.counts()) >= orders * SHARE_BEFORE && (await ledger.runningIn(pid)) >= WORTH_KILLING;
  await waitUntil(isBusy, { withinMs: PATIENCE_MS, signal });

  await shop.killWorker(victim);
  const underWay = await ledger.runningIn(pid);
  say(`SIGKILL to ${name} (pid ${pid}), in the middle of ${countOf(underWay, 'job')}`);
  return {
    fault: {
      name: 'SIGKILL of a worker',
      hit: `${countOf(underWay, 'job')} under way`,
      didHit: underWay > 0,
    },
    successor: startSuccessor(stage),
  };
}

async function startSuccessor({ say, shop }: ChaosStage): Promise<void> {
  const { name, pid } = (await shop.startWorker()).process;
  say(`${name} (pid ${pid}) has taken its place`);
}
