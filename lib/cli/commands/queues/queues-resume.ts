import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { present, type PresentOptions } from '../../output/present.js';
import type { Shell } from '../../shell.js';
import { whatBecame } from './what-became.js';

interface ResumeOptions extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly type?: string;
}

/** `kyu queues resume <names...>` */
export function addQueuesResume(queues: Command, shell: Shell): void {
  withActor(withConnection(queues.command('resume')))
    .description('let them go on; what waits in them starts within a second')
    .argument('<names...>', 'the queues')
    .option('--type <name>', 'one job type of theirs alone')
    .option('--json', 'one JSON document')
    .action(async (names: string[], options: ResumeOptions) => {
      await operating(shell, options, async ({ admin }) => {
        const by = actorOf(shell, options);
        const { type } = options;
        const { queues: changed } = await (type === undefined
          ? admin.resume(names, by)
          : admin.resumeType(type, names, by));
        present(shell, options, { queues: changed, type: type ?? null }, () =>
          whatBecame(shell, 'resumed', names, changed),
        );
      });
    });
}
