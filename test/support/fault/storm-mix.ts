import type { ClockFault } from './process-settings.js';
import type { SeededRandom } from './seeded-random.js';

/** What the nemesis can do to a fleet. */
export type Deed = 'kill' | 'kill-producer' | 'freeze-briefly' | 'freeze-long' | 'restart' | 'flush';

/** Deeds beside the kills, and how many there are of each for a hundred kills. */
const BESIDE: readonly (readonly [Deed, number])[] = [
  ['kill-producer', 4],
  ['freeze-briefly', 6],
  ['freeze-long', 4],
  ['restart', 6],
  ['flush', 6],
];

/** What can be wrong with the clocks of a worker. Every second one is right. */
const WRONG_CLOCKS: readonly ClockFault[] = [
  { offsetMs: 600_000, drift: 0 },
  { offsetMs: -600_000, drift: 0 },
  { offsetMs: 600_000, drift: 0.02 },
  { offsetMs: -600_000, drift: -0.02 },
];

/** How a worker keeps its lease. */
export interface Rhythm {
  readonly leaseMs: number;
  readonly beatMs: number;
}

/** The deeds of a storm in the order in which the seed puts them. Each kind happens at least once. */
export function planDeeds(kills: number, random: SeededRandom): Deed[] {
  const deeds: Deed[] = Array.from({ length: kills }, () => 'kill');
  for (const [deed, perHundred] of BESIDE) {
    const count = Math.max(1, Math.round((kills * perHundred) / 100));
    for (let made = 0; made < count; made += 1)
      deeds.splice(Math.floor(random.next() * (deeds.length + 1)), 0, deed);
  }
  return deeds;
}

export function drawClock(random: SeededRandom): ClockFault {
  return random.next() < 0.5 ? { offsetMs: 0, drift: 0 } : random.oneOf(WRONG_CLOCKS);
}
