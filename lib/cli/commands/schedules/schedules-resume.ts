import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';
import { scheduleNow } from './schedule-now.js';

/** `kyu schedules resume <name>` */
export function addSchedulesResume(schedules: Command, shell: Shell): void {
  withActor(withConnection(schedules.command('resume')))
    .description('let it go on with its next tick; nothing is caught up')
    .argument('<name>', 'the schedule')
    .option('--json', 'one JSON document')
    .action(async (name: string, options: ConnectionFlags & PresentOptions & ActorFlags) => {
      await operating(shell, options, async (operator) => {
        const schedule = await operator.schedules.resume(name, actorOf(shell, options));
        present(shell, options, { schedule }, () => scheduleNow(shell, options, 'resumed', schedule));
      });
    });
}
