import * as fc from 'fast-check';
import type { AsyncCommand } from 'fast-check';
import { WORKER_PLACES } from './ledger-command.js';
import type { LedgerLab } from './ledger-lab.js';
import { LedgerModel } from './ledger-model.js';
import { operatorCommands } from './operator-commands.js';
import { runCommands } from './run-commands.js';
import { register, upkeepCommands } from './upkeep-commands.js';

/** Any sequence of everything that anybody may do to the ledger. */
export const ledgerHistories: fc.Arbitrary<LedgerHistory> = fc.commands<LedgerModel, LedgerLab, false>(
  [...upkeepCommands, ...runCommands, ...operatorCommands],
  { maxCommands: 150, size: 'max' },
);

export type LedgerHistory = Iterable<AsyncCommand<LedgerModel, LedgerLab>>;

/** Lives through a history from an empty ledger on, with three workers. Fails at the first step that goes wrong. */
export async function liveThrough(history: LedgerHistory, lab: LedgerLab): Promise<void> {
  await lab.clear();
  await fc.asyncModelRun(async () => ({ model: await beginning(lab), real: lab }), history);
}

async function beginning(lab: LedgerLab): Promise<LedgerModel> {
  const model = new LedgerModel();
  for (let place = 0; place < WORKER_PLACES; place += 1) await register(place).run(model, lab);
  return model;
}
