import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { placeOf, present, type PresentOptions } from '../../output/present.js';
import { queueProblems, queueTable } from '../../output/queue-table.js';
import { queueNames } from '../../readings/queue-names.js';
import type { Shell } from '../../shell.js';

/** `kyu queues list` */
export function addQueuesList(queues: Command, shell: Shell): void {
  withConnection(queues.command('list'))
    .description('depth, age, workers and pauses of every queue')
    .argument('[names...]', 'these queues alone')
    .option('--json', 'one JSON document')
    .action(async (names: string[], options: ConnectionFlags & PresentOptions) => {
      await looking(shell, options, async (operator) => {
        const wanted = names.length > 0 ? names : await queueNames(operator, shell);
        const readings = await operator.admin.queues(wanted);
        present(shell, options, { queues: readings }, () => {
          const problems = queueProblems(readings, shell.paint);
          const table = queueTable(readings, placeOf(shell));
          return [...problems, ...(problems.length > 0 ? [''] : []), table].join('\n');
        });
      });
    });
}
