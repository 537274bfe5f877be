import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from './fleet.js';
import type { Member } from './member.js';
import type { SeededRandom } from './seeded-random.js';

/** How the killing goes. */
export interface StormPlan {
  readonly kills: number;
  /** Shortest and longest time between two kills; longer while too few workers have started. */
  readonly pauseMs: readonly [number, number];
  /** So many workers are left alone at any time: a fleet that is gone altogether is another story. */
  readonly survivors: number;
}

const LONGEST_WAIT_FOR_PREY_MS = 90_000;

/**
 * Kills random workers while they work, and starts a new one for each. Only kills that hit are made: a worker that
 * runs nothing at that moment would prove nothing.
 */
export class Nemesis {
  private readonly successors: Promise<Member>[] = [];

  constructor(
    private readonly fleet: Fleet,
    private readonly random: SeededRandom,
  ) {}

  /** Resolves when the last successor has started. */
  async storm({ kills, pauseMs, survivors }: StormPlan): Promise<void> {
    for (let count = 0; count < kills; count += 1) {
      await delay(this.random.between(...pauseMs)); // the storm's own rhythm: nothing is waited for here
      const prey = await this.fleet.events.first(
        'a run to hit',
        () => this.busyWorker(survivors),
        LONGEST_WAIT_FOR_PREY_MS,
      );
      prey.kill();
      this.follow(this.fleet.startWorker());
    }
    await Promise.all(this.successors);
  }

  /** A successor that does not start fails the storm at its end, not the whole process at once. */
  private follow(successor: Promise<Member>): void {
    successor.catch(() => {});
    this.successors.push(successor);
  }

  private busyWorker(survivors: number): Member | undefined {
    const ready = this.fleet.readyWorkers;
    if (ready.length <= survivors) return undefined;
    const running = new Map<number, number>();
    for (const event of this.fleet.events.all()) {
      if (event.kind === 'start') running.set(event.pid, (running.get(event.pid) ?? 0) + 1);
      if (event.kind === 'end') running.set(event.pid, (running.get(event.pid) ?? 0) - 1);
    }
    const busy = ready.filter(({ pid }) => (running.get(pid) ?? 0) > 0);
    return busy.length === 0 ? undefined : this.random.oneOf(busy);
  }
}
