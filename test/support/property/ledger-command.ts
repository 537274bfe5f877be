import type { AsyncCommand } from 'fast-check';
import type { LedgerLab } from './ledger-lab.js';
import type { LedgerModel } from './ledger-model.js';

/** One step: what it does to the ledger and to the model, and that both answer the same. */
export class LedgerCommand implements AsyncCommand<LedgerModel, LedgerLab> {
  constructor(
    private readonly label: string,
    private readonly perform: (model: LedgerModel, lab: LedgerLab) => Promise<void>,
    private readonly isPossible: (model: Readonly<LedgerModel>) => boolean = () => true,
  ) {}

  check(model: Readonly<LedgerModel>): boolean {
    return this.isPossible(model);
  }

  /** After each step the whole ledger is compared, so that nothing changes unseen. */
  async run(model: LedgerModel, lab: LedgerLab): Promise<void> {
    await this.perform(model, lab);
    await lab.expectToMatch(model);
  }

  toString(): string {
    return this.label;
  }
}

export const WORKER_PLACES = 3;
export const QUEUES = ['shop', 'reports'];
/** One is drawn more often than the other, so that jobs meet each other and their workers. */
export const USUAL_QUEUES = ['shop', 'shop', 'shop', 'shop', 'shop', 'shop', 'reports'];
export const TYPES = ['send_email', 'generate_report'];

export function hasJobs(model: Readonly<LedgerModel>): boolean {
  return model.jobs.size > 0;
}

export function hasClaims(model: Readonly<LedgerModel>): boolean {
  return model.claims.length > 0;
}
