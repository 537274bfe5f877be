import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { placeOf, present, type PresentOptions } from '../../output/present.js';
import { tableOf } from '../../output/table.js';
import { timeText } from '../../output/times.js';
import { wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';

interface NextOptions extends ConnectionFlags, PresentOptions {
  readonly count: number;
}

/** `kyu schedules next <name>` */
export function addSchedulesNext(schedules: Command, shell: Shell): void {
  withConnection(schedules.command('next'))
    .description('the ticks to come')
    .argument('<name>', 'the schedule')
    .option('--count <number>', 'how many, 1 to 1,000', wholeNumber(1, 1_000), 5)
    .option('--json', 'one JSON document')
    .action(async (name: string, options: NextOptions) => {
      await looking(shell, options, async (operator) => {
        const ticks = await operator.schedules.next(name, options.count);
        const { timezone } = await operator.schedules.get(name);
        present(shell, options, { schedule: name, timezone, ticks }, () =>
          ticks.length === 0 ? `"${name}" has no tick to come.` : listOf(shell, ticks, timezone),
        );
      });
    });
}

function listOf(shell: Shell, ticks: readonly Date[], timeZone: string): string {
  const local = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'long' });
  const nowMs = shell.clock.nowMs();
  return tableOf<Date>(
    [
      { title: 'UTC', text: (tick) => tick.toISOString() },
      { title: timeZone, text: (tick) => local.format(tick) },
      { title: '', text: (tick) => timeText(tick, { nowMs, isExact: false }) },
    ],
    ticks,
    placeOf(shell),
  );
}
