import { setTimeout as delay } from 'node:timers/promises';
import type { Round } from './round.js';
import type { Member } from './member.js';
import type { RedisView } from './redis-view.js';
import type { SeededRandom } from './seeded-random.js';
import { drawClock, planDeeds, type Deed, type Rhythm } from './storm-mix.js';

/** How the storm goes. */
export interface StormPlan {
  readonly kills: number;
  /** Shortest and longest time between two deeds; longer while too few workers have started. */
  readonly pauseMs: readonly [number, number];
  /** So many workers are left alone at any time: a fleet that is gone altogether is another story. */
  readonly survivors: number;
  /** A new worker has one of these. */
  readonly rhythms: readonly Rhythm[];
}

/** What the nemesis strikes besides workers. */
export interface Targets {
  readonly redis: RedisView;
  /** Kills a producer while it enqueues, and sees to another one. */
  readonly replaceProducer: () => Promise<unknown>;
}

/** How often each deed was done. */
export type DeedCounts = Readonly<Record<Deed | 'wrong-clock', number>>;

const LONGEST_WAIT_FOR_PREY_MS = 90_000;
/** Shares of a lease: no rescue, and a certain one. */
const BRIEFLY = 0.3;
const LONG = 1.7;

/**
 * Strikes random processes while they work, and starts a new one for each that ends. Only kills that hit are made: a
 * worker that runs nothing at that moment would prove nothing. What it does, to whom and when follows from its seed,
 * as far as the processes are as fast as the last time.
 */
export class Nemesis {
  private readonly underWay: Promise<unknown>[] = [];
  private readonly done: Record<Deed | 'wrong-clock', number> = {
    kill: 0,
    'kill-producer': 0,
    'freeze-briefly': 0,
    'freeze-long': 0,
    restart: 0,
    flush: 0,
    'wrong-clock': 0,
  };

  constructor(
    private readonly round: Round,
    private readonly random: SeededRandom,
    private readonly plan: StormPlan,
    private readonly targets: Targets,
  ) {}

  get counts(): DeedCounts {
    return this.done;
  }

  /** Starts a worker with a rhythm and clocks of its own. */
  startWorker(): Promise<Member> {
    const clock = drawClock(this.random);
    if (clock.offsetMs !== 0) this.done['wrong-clock'] += 1;
    return this.round.fleet.startWorker({ ...this.random.oneOf(this.plan.rhythms), clock });
  }

  /** Resolves when the last successor has started and the last frozen process is thawed. */
  async storm(): Promise<void> {
    for (const deed of planDeeds(this.plan.kills, this.random)) {
      await delay(this.random.between(...this.plan.pauseMs)); // the storm's own rhythm: nothing is waited for here
      await this.perform(deed);
      this.done[deed] += 1;
    }
    await Promise.all(this.underWay);
  }

  private async perform(deed: Deed): Promise<void> {
    if (deed === 'flush') return void (await this.targets.redis.flush());
    if (deed === 'kill-producer') return this.follow(this.targets.replaceProducer());
    const prey = await this.findPrey();
    if (deed === 'kill') prey.kill();
    else if (deed === 'restart') prey.terminate();
    else return this.follow(this.freeze(prey, deed === 'freeze-long' ? LONG : BRIEFLY));
    this.follow(this.startWorker());
  }

  /** What goes wrong with a successor fails the storm at its end, not the whole process at once. */
  private follow(work: Promise<unknown>): void {
    work.catch(() => {});
    this.underWay.push(work);
  }

  private async freeze(prey: Member, share: number): Promise<void> {
    const { leaseMs } = this.round.fleet.settingsOf.get(prey.pid) ?? this.round.stores;
    prey.freeze();
    await delay(share * leaseMs); // the fault itself
    prey.thaw();
  }

  private findPrey(): Promise<Member> {
    const { events, fleet } = this.round;
    const busyWorker = (): Member | undefined => {
      events.all();
      const ready = fleet.readyWorkers;
      if (ready.length <= this.plan.survivors) return undefined;
      const busy = ready.filter(({ pid }) => events.runsUnderWay(pid) > 1);
      return busy.length === 0 ? undefined : this.random.oneOf(busy);
    };
    return events.first('a run to hit', busyWorker, LONGEST_WAIT_FOR_PREY_MS);
  }
}
