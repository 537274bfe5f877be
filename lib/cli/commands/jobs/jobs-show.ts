import type { Command } from 'commander';
import { escapeInvisible } from '../../../core/redact.js';
import type { Job, JobLogLine, JobRun } from '../../../core/job.js';
import type { JobExplanation } from '../../../admin/job-explainer.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { hint, placeOf, present, timesOf, type PresentOptions } from '../../output/present.js';
import { statusColour } from '../../output/status-colour.js';
import { factsOf, tableOf } from '../../output/table.js';
import { shortSpan, timeText, type TimeStyle } from '../../output/times.js';
import type { Shell } from '../../shell.js';

interface ShowOptions extends ConnectionFlags, PresentOptions {
  readonly payload?: boolean;
}

/** Everything about a job. */
interface Shown {
  readonly job: Job;
  readonly runs: readonly JobRun[];
  readonly logs: readonly JobLogLine[];
  readonly explanation: JobExplanation | null;
}

const LOG_LINES = 20;

/** `kyu jobs show <id>` */
export function addJobsShow(jobs: Command, shell: Shell): void {
  withConnection(jobs.command('show'))
    .description('one job: its state, its runs, its log, and what to do next')
    .argument('<id>', 'the job')
    .option('--no-payload', 'leave out payload and result')
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document')
    .action(async (id: string, options: ShowOptions) => {
      await looking(shell, options, async ({ admin }) => {
        const job = await admin.get(id);
        const isArchived = job.archivedAt !== null;
        const [runs, logs, explanation] = await Promise.all([
          admin.runs(id),
          admin.logs(id),
          isArchived ? null : admin.explain(id),
        ]);
        const shown = { job: options.payload === false ? withoutContent(job) : job, runs, logs, explanation };
        present(shell, options, shown, () => textOf(shell, shown, timesOf(shell, options)));
      });
    });
}

function withoutContent(job: Job): Job {
  const { payload: _payload, result: _result, ...rest } = job;
  return { ...rest, payload: undefined, result: undefined };
}

function textOf(shell: Shell, shown: Shown, times: TimeStyle): string {
  const { job, runs, logs, explanation } = shown;
  const { paint } = shell;
  const colour = statusColour(job.status, paint);
  return [
    `${colour(job.status)}  ${paint.strong(job.type)}  ${job.id}`,
    ...(explanation === null ? [] : [escapeInvisible(explanation.text)]),
    '',
    factsOf(factsAbout(job, times), paint),
    ...(runs.length === 0 ? [] : ['', runTable(shell, runs, times)]),
    ...logLines(shell, logs, times),
    ...nextStep(shell, job),
  ].join('\n');
}

function factsAbout(job: Job, times: TimeStyle): [string, string][] {
  const facts: [string, string | number | null][] = [
    ['queue', job.queue],
    ['priority', job.priority === 0 ? null : job.priority],
    [
      'attempts',
      `${job.retryCount + 1} of ${job.maxRetries + 1}, ${job.run} run${job.run === 1 ? '' : 's'} so far`,
    ],
    ['created', timeText(job.createdAt, times)],
    ['scheduled', job.scheduledAt === null ? null : timeText(job.scheduledAt, times)],
    ['deadline', job.deadlineAt === null ? null : timeText(job.deadlineAt, times)],
    ['ended', job.completedAt === null ? null : timeText(job.completedAt, times)],
    ['archived', job.archivedAt === null ? null : timeText(job.archivedAt, times)],
    ['worker', job.lockedBy],
    [
      'progress',
      job.progress === null ? null : `${job.progress.percent} % ${job.progress.note ?? ''}`.trim(),
    ],
    ['crashes', job.crashCount === 0 ? null : job.crashCount],
    ['tags', job.tags.length === 0 ? null : job.tags.join(', ')],
    ['unique', job.uniqueKey],
    ['parent', job.parentId],
    ['context', job.context === null ? null : JSON.stringify(job.context)],
    ['error', job.errorMessage],
    ['payload', job.payload === undefined ? null : JSON.stringify(job.payload)],
    ['result', job.result === undefined || job.result === null ? null : JSON.stringify(job.result)],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, escapeInvisible(String(value))]]));
}

function runTable(shell: Shell, runs: readonly JobRun[], times: TimeStyle): string {
  return tableOf<JobRun>(
    [
      { title: 'RUN', text: ({ run }) => String(run), align: 'right' },
      { title: 'OUTCOME', text: ({ outcome }) => outcome },
      { title: 'STARTED', text: ({ startedAt }) => timeText(startedAt, times) },
      {
        title: 'TOOK',
        text: ({ startedAt, finishedAt }) => shortSpan(finishedAt.getTime() - startedAt.getTime()),
        align: 'right',
      },
      { title: 'ERROR', text: ({ errorMessage }) => errorMessage ?? '', takesTheRest: true },
    ],
    runs,
    placeOf(shell),
  );
}

function logLines(shell: Shell, logs: readonly JobLogLine[], times: TimeStyle): string[] {
  if (logs.length === 0) return [];
  const last = logs.slice(-LOG_LINES);
  const left = logs.length - last.length;
  const lines = last.map(
    ({ run, at, message }) =>
      `${shell.paint.quiet(`run ${run}, ${timeText(at, times)}`)}  ${escapeInvisible(message)}`,
  );
  return ['', ...(left > 0 ? [hint(shell, `${left} earlier log lines: --json`)] : []), ...lines];
}

function nextStep(shell: Shell, { id, status, archivedAt }: Job): string[] {
  if (archivedAt !== null) return [];
  if (status === 'dead' || status === 'cancelled' || status === 'failed') {
    return ['', hint(shell, `Run it again: kyu jobs retry ${id}`)];
  }
  return status === 'completed' ? [] : ['', hint(shell, `Call it off: kyu jobs cancel ${id}`)];
}
