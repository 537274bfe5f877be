import type { Room } from '../core/claim.js';

/** Job types that have a room together. */
export interface Lane {
  readonly types: readonly string[];
  readonly size: number;
}

/** One lane for each room of its own, and one for those that are shared. */
export function lanesOf(rooms: readonly Room[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const { type, size, sharedBy = type } of rooms) {
    lanes.set(sharedBy, { types: [...(lanes.get(sharedBy)?.types ?? []), type], size });
  }
  return [...lanes.values()];
}
