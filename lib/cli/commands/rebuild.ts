import type { Command } from 'commander';
import { ConnectionFailure, UsageError } from '../command-errors.js';
import { redisIsAway } from '../connection/connection-failure.js';
import { connectionOf, withConnection, type ConnectionFlags } from '../connection/connection-options.js';
import { looking } from '../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../operator-flags.js';
import { placeOf, present, type PresentOptions } from '../output/present.js';
import { tableOf } from '../output/table.js';
import { countText } from '../output/times.js';
import type { Shell } from '../shell.js';

/** `kyu rebuild` */
export function addRebuild(program: Command, shell: Shell): void {
  withActor(withConnection(program.command('rebuild')))
    .description('fill Redis anew from the ledger; safe at any time, workers do it by themselves as well')
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionFlags & PresentOptions & ActorFlags) => {
      await looking(shell, options, async (operator) => {
        if (operator.runtime.configuredDispatcher === 'postgres') {
          throw new UsageError('There is no Redis to fill: PostgreSQL dispatches alone here.');
        }
        await operator.tellWorkers();
        if (!operator.isRedisThere) {
          const where = redisIsAway(await connectionOf(shell, options));
          throw new ConnectionFailure(`${where}.\nStart it, or say where it is with --redis or REDIS_URL.`);
        }
        const { queues } = await operator.admin.rebuild(actorOf(shell, options));
        present(shell, options, { queues }, () => {
          if (queues.length === 0) return 'Nothing is pending, so there is nothing to put back.';
          return tableOf(
            [
              { title: 'QUEUE', text: ({ queue }) => queue },
              { title: 'PUT BACK', text: ({ added }) => countText(added), align: 'right' },
            ],
            queues,
            placeOf(shell),
          );
        });
      });
    });
}
