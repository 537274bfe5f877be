import type { Command } from 'commander';
import { CommandFailure } from '../../command-errors.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { actorOf, withActor, type ActorFlags } from '../../operator-flags.js';
import { present, remark, type PresentOptions } from '../../output/present.js';
import { countOf, shortSpan } from '../../output/times.js';
import { span } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';
import { pass } from '../../../core/pass-time.js';

interface DrainOptions extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly within: number;
}

const LOOK_EVERY_MS = 250;

/** `kyu queues drain <names...>`: before a migration of what their handlers use, say. */
export function addQueuesDrain(queues: Command, shell: Shell): void {
  withActor(withConnection(queues.command('drain')))
    .description('pause them, and wait until none of their jobs runs; exit code 1 when some still do')
    .argument('<names...>', 'the queues')
    .option('--within <span>', 'wait so long at most', span, 300_000)
    .option('--json', 'one JSON document')
    .action(async (names: string[], options: DrainOptions) => {
      await operating(shell, options, async ({ admin }) => {
        const { queues: paused } = await admin.pause(names, actorOf(shell, options));
        const startedMs = shell.clock.monotonicMs();
        for (;;) {
          const running = sumOf(await admin.queues(names));
          if (running === 0) break;
          const waitedMs = shell.clock.monotonicMs() - startedMs;
          if (waitedMs >= options.within) throw stillRunning(running, waitedMs, names);
          remark(shell, shell.paint.quiet(`${countOf(running, 'job')} still running`));
          await pass(shell.clock, Math.min(LOOK_EVERY_MS * 4, options.within - waitedMs + 1));
        }
        present(
          shell,
          options,
          { queues: names, paused },
          () =>
            `${shell.paint.good('drained')} ${names.join(', ')}; they rest until: kyu queues resume ${names.join(' ')}`,
        );
      });
    });
}

function sumOf(readings: readonly { readonly running: number }[]): number {
  return readings.reduce((sum, { running }) => sum + running, 0);
}

function stillRunning(running: number, waitedMs: number, names: readonly string[]): CommandFailure {
  return new CommandFailure(
    `After ${shortSpan(waitedMs)} ${countOf(running, 'job')} of ${names.join(', ')} still ran. The queues are paused: ` +
      `wait on with the same command, or go on with: kyu queues resume ${names.join(' ')}`,
  );
}
