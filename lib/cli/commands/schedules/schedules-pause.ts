import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';
import { scheduleNow } from './schedule-now.js';

/** `kyu schedules pause <name>` */
export function addSchedulesPause(schedules: Command, shell: Shell): void {
  withActor(withConnection(schedules.command('pause')))
    .description('let its ticks pass by until it is resumed, across restarts')
    .argument('<name>', 'the schedule')
    .option('--json', 'one JSON document')
    .action(async (name: string, options: ConnectionFlags & PresentOptions & ActorFlags) => {
      await operating(shell, options, async (operator) => {
        const schedule = await operator.schedules.pause(name, actorOf(shell, options));
        present(shell, options, { schedule }, () => scheduleNow(shell, options, 'paused', schedule));
      });
    });
}
