import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { migrating } from '../../connection/operate.js';
import { wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';

interface PlanOptions extends ConnectionFlags {
  readonly to?: number;
}

/** `kyu migrate plan`: prints, and changes nothing. */
export function addMigratePlan(migrate: Command, shell: Shell): void {
  withConnection(migrate.command('plan'))
    .description('print the SQL that "up" would run, for whoever runs it by hand')
    .option('--to <version>', 'another version; a lower one prints the way down', wholeNumber(0, 10_000))
    .action(async (options: PlanOptions) => {
      await migrating(shell, options, async (schema) => {
        const { version, needed } = await schema.state();
        const target = options.to ?? needed;
        if (target === version) shell.stdout.write(`-- Nothing to do: the schema has version ${version}.\n`);
        else shell.stdout.write(schema.plan(version, target));
      });
    });
}
