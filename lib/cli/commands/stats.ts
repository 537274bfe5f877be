import type { Command } from 'commander';
import type { JobStats } from '../../admin/job-stats.js';
import { JOB_STATUSES, type JobStatus } from '../../core/job-status.js';
import type { QueueReading } from '../../core/ports/ledger-readings.js';
import type { KyuOperator } from '../../kyu.operator.js';
import { withConnection, type ConnectionFlags } from '../connection/connection-options.js';
import { looking } from '../connection/operate.js';
import { placeOf, present, type PresentOptions } from '../output/present.js';
import { queueProblems, queueTable } from '../output/queue-table.js';
import { statusColour } from '../output/status-colour.js';
import { statusCount } from '../output/status-count.js';
import { tableOf } from '../output/table.js';
import { countText } from '../output/times.js';
import { pass } from '../../core/pass-time.js';
import type { Shell } from '../shell.js';

interface StatsOptions extends ConnectionFlags, PresentOptions {
  readonly watch?: boolean;
}

interface Stats {
  readonly jobs: JobStats;
  readonly queues: readonly QueueReading[];
}

type Counts = Readonly<Record<JobStatus, number>>;

const WATCH_EVERY_MS = 2_000;

/** `kyu stats` */
export function addStats(program: Command, shell: Shell): void {
  withConnection(program.command('stats'))
    .description('how many jobs there are, by status, queue and type')
    .option('--watch', 'again every two seconds, until it is interrupted')
    .option('--json', 'one JSON document, or one a line with --watch')
    .action(async (options: StatsOptions) => {
      await looking(shell, options, async (operator) => {
        if (options.watch === true) return watch(shell, options, operator);
        const stats = await read(operator);
        return present(shell, options, stats, () => textOf(shell, stats));
      });
    });
}

/** Its end is the signal that interrupts it. */
async function watch(shell: Shell, options: StatsOptions, operator: KyuOperator): Promise<void> {
  for (;;) {
    const stats = await read(operator);
    const isScreen = shell.stdout.isTTY === true;
    if (options.json === true) shell.stdout.write(`${JSON.stringify(stats)}\n`);
    else
      shell.stdout.write(
        `${isScreen ? '\u001B[H\u001B[J' : ''}${textOf(shell, stats)}\n${isScreen ? '' : '\n'}`,
      );
    await pass(shell.clock, WATCH_EVERY_MS);
  }
}

async function read({ admin, runtime }: KyuOperator): Promise<Stats> {
  const jobs = await admin.stats();
  const names = [...new Set([...runtime.queues, ...Object.keys(jobs.byQueue)])].sort();
  return { jobs, queues: await admin.queues(names) };
}

/** What people see. */
export function textOf(shell: Shell, { jobs, queues }: Stats): string {
  const { paint } = shell;
  const problems = queueProblems(queues, paint);
  const counts = JOB_STATUSES.map(
    (status) =>
      `${statusColour(status, paint)(status)} ${statusCount({ counts: jobs.byStatus, estimated: jobs.estimated }, status)}`,
  );
  const about = jobs.estimated.length === 0 ? '' : 'about ';
  const types = Object.entries(jobs.byType).sort(([left], [right]) => left.localeCompare(right));
  return [
    ...problems,
    ...(problems.length > 0 ? [''] : []),
    `${about}${paint.strong(countText(jobs.total))} jobs: ${counts.join(', ')}`,
    '',
    queueTable(queues, placeOf(shell)),
    ...(types.length === 0 ? [] : ['', typeTable(shell, jobs, types)]),
  ].join('\n');
}

function typeTable(shell: Shell, jobs: JobStats, types: readonly [string, Counts][]): string {
  return tableOf(
    [
      { title: 'TYPE', text: ([type]) => type, takesTheRest: true },
      ...JOB_STATUSES.map((status) => ({
        title: status.toUpperCase(),
        text: ([, counts]: (typeof types)[number]) =>
          statusCount({ counts, estimated: jobs.estimated }, status),
        align: 'right' as const,
      })),
    ],
    types,
    placeOf(shell),
  );
}
