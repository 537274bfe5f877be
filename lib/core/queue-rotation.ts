/** `weighted`: in proportion to the weights; `strict`: a queue is served only while heavier ones have nothing. */
export type QueueOrder = 'weighted' | 'strict';

/** How many of the next claims go to a queue. */
export interface QueueShare {
  readonly queue: string;
  readonly count: number;
}

/**
 * Divides a worker's claims among its queues. Smooth weighted round-robin: at each step every queue gains its weight,
 * the richest is served and pays the sum, so the turns of a light queue are spread evenly between those of a heavy
 * one. What a queue gained is kept from claim to claim; one that has nothing is left out and gains nothing.
 */
export class QueueRotation {
  readonly queues: readonly string[];
  private readonly credit = new Map<string, number>();

  constructor(
    private readonly weights: ReadonlyMap<string, number>,
    private readonly order: QueueOrder,
  ) {
    this.queues = [...weights.keys()].sort((left, right) => this.weightOf(right) - this.weightOf(left));
  }

  /** The queues that are to be asked for `count` jobs in all, out of those that may have any. */
  share(count: number, open: ReadonlySet<string>): QueueShare[] {
    const candidates = this.queues.filter((queue) => open.has(queue));
    const [first] = candidates;
    if (first === undefined) return [];
    if (this.order === 'strict' || candidates.length === 1) return [{ queue: first, count }];
    const counts = new Map<string, number>();
    for (let turn = 0; turn < count; turn += 1) {
      const queue = this.nextOf(candidates);
      counts.set(queue, (counts.get(queue) ?? 0) + 1);
    }
    return [...counts].map(([queue, share]) => ({ queue, count: share }));
  }

  /** The queues that are served before this one whenever they have anything. */
  before(queue: string): readonly string[] {
    return this.order === 'strict' ? this.queues.slice(0, Math.max(0, this.queues.indexOf(queue))) : [];
  }

  private nextOf(candidates: readonly string[]): string {
    let richest = '';
    let most = Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (const queue of candidates) {
      const weight = this.weightOf(queue);
      const credit = (this.credit.get(queue) ?? 0) + weight;
      this.credit.set(queue, credit);
      sum += weight;
      if (credit <= most) continue;
      richest = queue;
      most = credit;
    }
    this.credit.set(richest, most - sum);
    return richest;
  }

  private weightOf(queue: string): number {
    return this.weights.get(queue) ?? 1;
  }
}
