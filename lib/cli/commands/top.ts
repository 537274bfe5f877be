import type { Command } from 'commander';
import type { KyuOperator } from '../../kyu.operator.js';
import { UsageError } from '../command-errors.js';
import { withConnection, type ConnectionFlags } from '../connection/connection-options.js';
import { looking } from '../connection/operate.js';
import { isInteractive, type Shell } from '../shell.js';
import { isQuit, listenToKeys } from '../top/keys.js';
import { Screen } from '../top/screen.js';
import { readTop, type TopReading } from '../top/top-reading.js';
import { topView } from '../top/top-view.js';
import { span } from '../read-arguments.js';

interface TopOptions extends ConnectionFlags {
  readonly every: number;
}

const LEAST_EVERY_MS = 500;

/** `kyu top` */
export function addTop(program: Command, shell: Shell): void {
  withConnection(program.command('top'))
    .description('live view of counts, rates, queues, workers and errors')
    .option('--every <span>', 'time between two looks, at least 500ms', span, 2_000)
    .action(async (options: TopOptions) => {
      if (!isInteractive(shell)) {
        throw new UsageError('"kyu top" needs a terminal; "kyu stats --watch" does not.');
      }
      await looking(shell, options, async (operator) => watch(shell, options, operator));
    });
}

async function watch(shell: Shell, { every }: TopOptions, operator: KyuOperator): Promise<void> {
  const screen = new Screen(shell.stdout);
  const { schema } = operator.runtime.options;
  let reading: TopReading | undefined;
  let trouble: string | undefined;
  let isReading = false;
  const draw = (): void => {
    const { width, height } = screen;
    const nowMs = shell.clock.nowMs();
    screen.draw(
      topView(reading, { width, height, paint: shell.paint, nowMs, title: `schema ${schema}`, trouble }),
    );
  };
  const look = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      reading = await readTop(operator);
      trouble = undefined;
    } catch (error) {
      // The figures stay on the screen, with the reason why they are old.
      trouble = error instanceof Error ? error.message : 'The reading failed.';
    }
    isReading = false;
    draw();
  };
  const close = (): void => screen.close();
  process.once('exit', close);
  screen.open();
  const timer = shell.clock.every(Math.max(LEAST_EVERY_MS, every), () => void look());
  try {
    await untilQuit(shell, () => void look(), draw);
  } finally {
    timer.cancel();
    close();
    process.off('exit', close);
  }
}

function untilQuit(shell: Shell, look: () => void, draw: () => void): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      stopListening();
      process.off('SIGTERM', finish).off('SIGINT', finish).off('SIGWINCH', draw);
      resolve();
    };
    const stopListening = listenToKeys(shell.stdin, (key) => {
      if (isQuit(key)) finish();
      else if (key === 'r') look();
    });
    process.on('SIGTERM', finish).on('SIGINT', finish).on('SIGWINCH', draw);
    draw();
    look();
  });
}
