import type { Command } from 'commander';
import { UsageError } from '../../command-errors.js';
import { confirm } from '../../confirm.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { migrating } from '../../connection/operate.js';
import { present, type PresentOptions } from '../../output/present.js';
import { wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';

interface DownOptions extends ConnectionFlags, PresentOptions {
  readonly to?: number;
  readonly yes?: boolean;
}

/** `kyu migrate down`: what the undone migrations made is gone, and what was in it. */
export function addMigrateDown(migrate: Command, shell: Shell): void {
  withConnection(migrate.command('down'))
    .description('undo the last migration, or all above a version; tables and what is in them are lost')
    .option('--to <version>', 'undo all above this version; 0 removes every table', wholeNumber(0, 10_000))
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON document')
    .action(async (options: DownOptions) => {
      await migrating(shell, options, async (schema) => {
        const { version } = await schema.state();
        const target = options.to ?? Math.max(0, version - 1);
        if (target > version) {
          throw new UsageError(`The schema has version ${version}; "kyu migrate up" is the way up.`);
        }
        const count = version - target;
        const isNothing = count === 0;
        if (!isNothing) {
          await confirm(shell, options.yes === true, { verb: 'Undo', count, noun: 'migration' });
        }
        const undone = await schema.down(target);
        present(shell, options, { schema: schema.name, version: target, undone }, () =>
          [
            ...undone.map((name) => `${shell.paint.careful('undone')} ${name}`),
            `${isNothing ? 'Nothing to do. ' : ''}The ledger in schema "${schema.name}" has version ${target}.`,
          ].join('\n'),
        );
      });
    });
}
