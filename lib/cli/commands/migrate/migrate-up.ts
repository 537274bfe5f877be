import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { migrating } from '../../connection/operate.js';
import { present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';

/** `kyu migrate up`: one transaction, safe beside other migrators, nothing to do when it was done. */
export function addMigrateUp(migrate: Command, shell: Shell): void {
  withConnection(migrate.command('up'))
    .description('create the schema, or bring it up to the version of this release')
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionFlags & PresentOptions) => {
      await migrating(shell, options, async (schema) => {
        const applied = await schema.up();
        const { version } = await schema.state();
        present(shell, options, { schema: schema.name, version, applied }, () => {
          const end = `The ledger in schema "${schema.name}" has version ${version}.`;
          if (applied.length === 0) return `Nothing to do. ${end}`;
          return [...applied.map((name) => `${shell.paint.good('applied')} ${name}`), end].join('\n');
        });
      });
    });
}
