import type { Command } from 'commander';
import { confirm } from '../../confirm.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { hint, present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';

interface RemoveOptions extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly yes?: boolean;
}

/** `kyu schedules remove <name>` */
export function addSchedulesRemove(schedules: Command, shell: Shell): void {
  withActor(withConnection(schedules.command('remove')))
    .description('remove it; its jobs stay, and one that code declares comes back at the next start')
    .argument('<name>', 'the schedule')
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON document')
    .action(async (name: string, options: RemoveOptions) => {
      await operating(shell, options, async (operator) => {
        const { source } = await operator.schedules.get(name);
        await confirm(shell, options.yes === true, { verb: 'Remove', count: 1, noun: 'schedule' });
        await operator.schedules.remove(name, actorOf(shell, options));
        present(shell, options, { removed: name }, () => {
          const comesBack =
            source === 'dynamic'
              ? ''
              : `\n${hint(shell, `It is declared (${source}): it comes back at the next start. "kyu schedules pause" lets it rest.`)}`;
          return `${shell.paint.good('removed')} ${name}${comesBack}`;
        });
      });
    });
}
