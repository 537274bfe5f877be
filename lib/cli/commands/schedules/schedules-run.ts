import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { hint, present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';

/** `kyu schedules run <name>` */
export function addSchedulesRun(schedules: Command, shell: Shell): void {
  withActor(withConnection(schedules.command('run')))
    .description('enqueue a job of the schedule now, besides its plan')
    .argument('<name>', 'the schedule')
    .option('--json', 'one JSON document')
    .action(async (name: string, options: ConnectionFlags & PresentOptions & ActorFlags) => {
      await operating(shell, options, async (operator) => {
        const { id } = await operator.schedules.runNow(name, actorOf(shell, options));
        present(
          shell,
          options,
          { schedule: name, id },
          () => `${shell.paint.good('enqueued')} ${id}\n${hint(shell, `kyu jobs show ${id}`)}`,
        );
      });
    });
}
