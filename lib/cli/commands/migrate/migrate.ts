import type { Command } from 'commander';
import type { Shell } from '../../shell.js';
import { addMigrateDown } from './migrate-down.js';
import { addMigratePlan } from './migrate-plan.js';
import { addMigrateStatus } from './migrate-status.js';
import { addMigrateUp } from './migrate-up.js';

/** `kyu migrate`: the schema of the ledger. */
export function addMigrate(program: Command, shell: Shell): void {
  const migrate = program.command('migrate').description("bring the ledger's schema up to date, or back");
  addMigrateUp(migrate, shell);
  addMigrateDown(migrate, shell);
  addMigrateStatus(migrate, shell);
  addMigratePlan(migrate, shell);
}
