import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { hint, placeOf, present, timesOf, type PresentOptions } from '../../output/present.js';
import { livingFirst, workerTable } from '../../output/worker-table.js';
import { queueNames } from '../../readings/queue-names.js';
import type { Shell } from '../../shell.js';

interface ListOptions extends ConnectionFlags, PresentOptions {
  readonly all?: boolean;
}

const ENDED = ['stopped', 'dead'];

/** `kyu workers list` */
export function addWorkersList(workers: Command, shell: Shell): void {
  withConnection(workers.command('list'))
    .description('host, process, slots, heartbeat and queues of each')
    .argument('[queues...]', 'those that serve these queues')
    .option('--all', 'those that ended within the last day, too')
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document')
    .action(async (queues: string[], options: ListOptions) => {
      await looking(shell, options, async (operator) => {
        const found = await operator.admin.workers(
          queues.length > 0 ? queues : await queueNames(operator, shell),
        );
        const shown = found.filter(({ state }) => options.all === true || !ENDED.includes(state));
        present(shell, options, { workers: livingFirst(shown) }, () =>
          shown.length === 0
            ? `No worker lives.\n${hint(shell, 'Start one: kyu work <module>')}`
            : workerTable(shown, timesOf(shell, options), placeOf(shell)),
        );
      });
    });
}
