import type { Command } from 'commander';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import type { Schedule } from '../../../core/schedule.js';
import { hint, placeOf, present, timesOf, type PresentOptions } from '../../output/present.js';
import { tableOf, type Column } from '../../output/table.js';
import { timeText, type TimeStyle } from '../../output/times.js';
import type { Shell } from '../../shell.js';

/** `kyu schedules list` */
export function addSchedulesList(schedules: Command, shell: Shell): void {
  withConnection(schedules.command('list'))
    .description('every schedule with its last run and its next')
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionFlags & PresentOptions) => {
      await looking(shell, options, async (operator) => {
        const found = await operator.schedules.list();
        present(shell, options, { schedules: found }, () => {
          if (found.length === 0) {
            const { queueName } = operator.runtime.options;
            return `No schedules for "${queueName}".\n${hint(shell, 'Another application? Say --queue-name.')}`;
          }
          return tableOf(columnsOf(timesOf(shell, options)), found, placeOf(shell));
        });
      });
    });
}

function columnsOf(times: TimeStyle): Column<Schedule>[] {
  return [
    { title: 'NAME', text: ({ name }) => name },
    { title: 'CRON', text: ({ cron }) => cron },
    { title: 'ZONE', text: ({ timezone }) => timezone },
    { title: 'TYPE', text: ({ type }) => type, takesTheRest: true },
    { title: 'LAST', text: ({ lastRunAt }) => timeText(lastRunAt, times) },
    {
      title: 'NEXT',
      text: ({ pausedAt, nextRunAt }) => (pausedAt === null ? timeText(nextRunAt, times) : 'paused'),
      colour: ({ pausedAt }, paint) => (pausedAt === null ? (text) => text : paint.careful),
    },
    { title: 'FROM', text: ({ source }) => source },
  ];
}
