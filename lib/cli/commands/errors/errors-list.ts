import { Option, type Command } from 'commander';
import type { ErrorGroup } from '../../../core/error-group.js';
import { TRAFFIC_WINDOWS, type TrafficWindow } from '../../../core/traffic.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { hint, placeOf, present, timesOf, type PresentOptions } from '../../output/present.js';
import { tableOf, type Column } from '../../output/table.js';
import { countText, timeText, type TimeStyle } from '../../output/times.js';
import { wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';

interface ListOptions extends ConnectionFlags, PresentOptions {
  readonly window: TrafficWindow;
  readonly limit: number;
}

/** `kyu errors list` */
export function addErrorsList(errors: Command, shell: Shell): void {
  withConnection(errors.command('list'))
    .description('errors by fingerprint, those with the most runs first')
    .addOption(
      new Option('--window <span>', 'how far back').choices(Object.keys(TRAFFIC_WINDOWS)).default('24h'),
    )
    .option('--limit <number>', 'groups at most, 1 to 100', wholeNumber(1, 100), 20)
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document')
    .action(async (options: ListOptions) => {
      const { window, limit } = options;
      await looking(shell, options, async ({ admin }) => {
        const list = await admin.errorGroups({ window, limit });
        present(shell, options, list, () => {
          const { groups, approximate } = list;
          if (groups.length === 0) return `${shell.paint.good('none')}  No errors within ${window}.`;
          const table = tableOf(columnsOf(timesOf(shell, options)), groups, placeOf(shell));
          const remarks = [
            ...(approximate
              ? [hint(shell, 'There were more errors than were looked at: these are the newest.')]
              : []),
            ...nextStep(shell, groups),
          ];
          return [table, ...remarks].join('\n');
        });
      });
    });
}

function nextStep(shell: Shell, groups: readonly ErrorGroup[]): string[] {
  const curable = groups.find(({ dead }) => dead > 0);
  return curable === undefined
    ? []
    : [hint(shell, `Run its dead jobs again: kyu errors retry ${curable.fingerprint}`)];
}

function columnsOf(times: TimeStyle): Column<ErrorGroup>[] {
  return [
    { title: 'FINGERPRINT', text: ({ fingerprint }) => fingerprint },
    { title: 'RUNS', text: ({ runs }) => countText(runs), align: 'right' },
    { title: 'JOBS', text: ({ jobs }) => countText(jobs), align: 'right' },
    {
      title: 'DEAD',
      text: ({ dead }) => countText(dead),
      align: 'right',
      colour: ({ dead }, paint) => (dead === 0 ? (text) => text : paint.bad),
    },
    { title: 'FIRST', text: ({ firstSeenAt }) => timeText(firstSeenAt, times), align: 'right' },
    { title: 'LAST', text: ({ lastSeenAt }) => timeText(lastSeenAt, times), align: 'right' },
    { title: 'TYPES', text: ({ types }) => types.join(', ') },
    {
      title: 'ERROR',
      text: ({ errorName, message }) =>
        message.startsWith(errorName) ? message : `${errorName}: ${message}`,
      takesTheRest: true,
    },
  ];
}
