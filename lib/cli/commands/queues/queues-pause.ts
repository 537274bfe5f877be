import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';
import { whatBecame } from './what-became.js';

interface PauseOptions extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly type?: string;
}

/** `kyu queues pause <names...>` */
export function addQueuesPause(queues: Command, shell: Shell): void {
  withActor(withConnection(queues.command('pause')))
    .description('claim no more of their jobs; those that run go on')
    .argument('<names...>', 'the queues')
    .option('--type <name>', 'one job type of theirs alone')
    .option('--json', 'one JSON document')
    .action(async (names: string[], options: PauseOptions) => {
      await operating(shell, options, async ({ admin }) => {
        const by = actorOf(shell, options);
        const { type } = options;
        const { queues: changed } = await (type === undefined
          ? admin.pause(names, by)
          : admin.pauseType(type, names, by));
        present(shell, options, { queues: changed, type: type ?? null }, () =>
          whatBecame(shell, 'paused', names, changed),
        );
      });
    });
}
