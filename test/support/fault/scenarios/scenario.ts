import type { Report } from '../checker.js';
import type { FlawName } from '../flaw-names.js';
import type { RoundSettings } from '../grounds.js';
import type { Laboratory } from '../laboratory.js';
import type { Round } from '../round.js';

/** An interleaving in which one defect of the engine must show, and Kyu as it is must not show anything. */
export interface Scenario {
  readonly settings: RoundSettings;
  /** @param flaw what the processes have; `undefined` = Kyu as it is */
  readonly play: (round: Round, flaw: FlawName | undefined, laboratory: Laboratory) => Promise<Report>;
}

/** Leases as short as the reaper's tick allows. */
export const QUICK = { leaseMs: 1_500, beatMs: 300 };

/** What makes a process flawed. */
export function withFlaw(flaw: FlawName | undefined): { readonly flaw?: FlawName } {
  return flaw === undefined ? {} : { flaw };
}
