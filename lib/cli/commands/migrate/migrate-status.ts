import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { migrating } from '../../connection/operate.js';
import { EXIT } from '../../exit-codes.js';
import { present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';

/** `kyu migrate status`: exit code 1 when the schema is not what this release needs. */
export function addMigrateStatus(migrate: Command, shell: Shell): void {
  withConnection(migrate.command('status'))
    .description('which version the schema has, and which this release needs; exit code 1 when they differ')
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionFlags & PresentOptions) => {
      await migrating(shell, options, async (schema) => {
        const { version, needed } = await schema.state();
        if (version !== needed) shell.exitCode = EXIT.failed;
        const data = { schema: schema.name, version, needed, isUpToDate: version === needed };
        present(shell, options, data, () => describe(shell, schema.name, version, needed));
      });
    });
}

function describe({ paint }: Shell, name: string, version: number, needed: number): string {
  const has =
    version === 0
      ? `There is no ledger in schema "${name}"`
      : `The ledger in schema "${name}" has version ${version}`;
  if (version === needed) return `${paint.good('up to date')}  ${has}.`;
  if (version > needed) {
    return `${paint.bad('too new')}  ${has}, newer than version ${needed} of this release. Upgrade nestjs-kyu here.`;
  }
  return `${paint.careful('behind')}  ${has}; this release needs version ${needed}.\nRun: kyu migrate up`;
}
