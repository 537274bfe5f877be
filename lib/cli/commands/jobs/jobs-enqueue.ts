import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { EnqueueOptions } from '../../../core/resolve-enqueue-options.js';
import { UsageError } from '../../command-errors.js';
import { withConnection, type ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { hint, present, remark, type PresentOptions } from '../../output/present.js';
import { names, wholeNumber } from '../../read-arguments.js';
import type { Shell } from '../../shell.js';

interface EnqueueFlags extends ConnectionFlags, PresentOptions {
  readonly queue?: string;
  readonly priority?: string;
  readonly delay?: string;
  readonly at?: string;
  readonly maxRetries?: number;
  readonly timeout?: string;
  readonly tags?: readonly string[];
  readonly unique?: string;
}

/** `kyu jobs enqueue <type> [payload]` */
export function addJobsEnqueue(jobs: Command, shell: Shell): void {
  withConnection(jobs.command('enqueue'))
    .description('add a job')
    .argument('<type>', 'its type')
    .argument('[payload]', 'JSON, or - to read it from the standard input (default: null)')
    .option('--queue <name>', 'the queue (default: that of the handler)')
    .option('--priority <number-or-name>', 'higher runs first')
    .option('--delay <span>', "not before so long from now, such as '5m'")
    .option('--at <instant>', 'not before this instant, ISO 8601')
    .option('--max-retries <number>', 'runs after the first', wholeNumber(0, 10_000))
    .option('--timeout <span>', 'time limit of a run')
    .option('--tags <names>', 'labels, with commas between them', names)
    .option('--unique <key>', 'one job with this key at a time')
    .option('--json', 'one JSON document')
    .action(async (type: string, text: string | undefined, flags: EnqueueFlags) => {
      const payload = readPayload(text);
      const given = optionsOf(flags);
      await operating(shell, flags, async (operator) => {
        const { job, isKnown } = await operator.enqueue(type, payload, given);
        present(shell, flags, { ...job, isKnown }, () => {
          if (!isKnown) remark(shell, noHandlerOf(type, operator.queueName));
          const done = job.created ? shell.paint.good('enqueued') : shell.paint.careful('was there already');
          return `${done} ${job.id}\n${hint(shell, `kyu jobs show ${job.id}`)}`;
        });
      });
    });
}

function noHandlerOf(type: string, application: string): string {
  return (
    `No worker of "${application}" has said that it handles "${type}": the job waits until one does. ` +
    'Another application is named with --queue-name.'
  );
}

function readPayload(text: string | undefined): unknown {
  if (text === undefined) return null;
  const source = text === '-' ? readFileSync(0, 'utf8') : text;
  try {
    return JSON.parse(source) as unknown;
  } catch {
    throw new UsageError(`The payload is no JSON. Text needs quotes of its own: '"text"'.`);
  }
}

function optionsOf(flags: EnqueueFlags): EnqueueOptions {
  const { queue, priority, delay, at, maxRetries, timeout, tags, unique } = flags;
  return {
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority: /^-?\d+$/.test(priority) ? Number(priority) : priority }),
    ...(delay === undefined ? {} : { delay }),
    ...(at === undefined ? {} : { scheduledAt: instantOf(at) }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(unique === undefined ? {} : { unique: { key: unique } }),
  };
}

function instantOf(text: string): Date {
  const instant = new Date(text);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new UsageError(`--at is no instant: "${text}". Give one such as 2027-01-31T08:00:00Z.`);
}
