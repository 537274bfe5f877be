import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { hint, present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';

interface DrainOptions extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly exit?: boolean;
}

/** `kyu workers drain <id>` */
export function addWorkersDrain(workers: Command, shell: Shell): void {
  withActor(withConnection(workers.command('drain')))
    .description('ask a worker to take nothing more and to end what runs')
    .argument('<id>', 'the worker, as "workers list" shows it')
    .option('--exit', 'its process ends as well; its supervisor starts another one')
    .option('--json', 'one JSON document')
    .action(async (id: string, options: DrainOptions) => {
      await operating(shell, options, async ({ admin }) => {
        const asked = await admin.drainWorker(id, {
          ...actorOf(shell, options),
          ...(options.exit === true ? { exit: true } : {}),
        });
        present(
          shell,
          options,
          asked,
          () =>
            `${shell.paint.good('asked')} worker ${asked.workerId} to drain\n${hint(shell, 'See it end: kyu workers list --all')}`,
        );
      });
    });
}
