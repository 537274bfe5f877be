import { Option, type Command } from 'commander';
import type { JobSort } from '../../../admin/job-query.js';
import type { KyuOperator } from '../../../kyu.operator.js';
import type { ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { hint, placeOf, present, timesOf, type PresentOptions } from '../../output/present.js';
import { jobTable } from '../../output/job-table.js';
import { countOf } from '../../output/times.js';
import { wholeNumber } from '../../read-arguments.js';
import { searchOf, type JobSearch } from '../../search-words.js';
import type { Shell } from '../../shell.js';

/** What a list of jobs can be told. */
export interface ListOptions extends ConnectionFlags, PresentOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly archived?: boolean;
  readonly sort: JobSort;
  readonly order: 'asc' | 'desc';
}

/** Adds the options of every command that lists jobs. */
export function withPage(command: Command): Command {
  return command
    .option('--limit <number>', 'jobs on the page, 1 to 1,000', wholeNumber(1, 1_000), 20)
    .option('--cursor <text>', 'the page after another one')
    .addOption(
      new Option('--sort <by>', 'by what they are ordered')
        .choices(['created', 'updated', 'finished', 'scheduled', 'priority'])
        .default('created'),
    )
    .addOption(new Option('--order <way>', 'which end comes first').choices(['asc', 'desc']).default('desc'))
    .option('--utc', 'exact times in UTC')
    .option('--json', 'one JSON document');
}

/** One page of the jobs that the words say. */
export async function listJobs(
  shell: Shell,
  words: readonly string[],
  options: ListOptions,
  narrow: (search: JobSearch) => JobSearch = (search) => search,
): Promise<void> {
  const search = narrow(searchOf(words));
  const archived = options.archived === true ? { archived: true } : {};
  const { limit, sort, order, cursor = null } = options;
  const query = { ...search, ...archived, limit, sort, order, cursor };
  await looking(shell, options, async ({ admin }: KyuOperator) => {
    const page = await admin.summaries(query);
    present(shell, options, page, () => {
      const { nextCursor, searchedTo } = page;
      const far = searchedTo === undefined ? undefined : `Looked as far as ${searchedTo.toISOString()}`;
      const onward = `to go on: --cursor ${nextCursor}`;
      if (page.jobs.length === 0 && far !== undefined) return `${far}: no job matches so far; ${onward}`;
      if (page.jobs.length === 0) return `No job ${words.length === 0 ? 'yet' : 'matches'}.`;
      const table = jobTable(page.jobs, timesOf(shell, options), placeOf(shell));
      if (nextCursor === null) return table;
      if (far !== undefined) return `${table}\n${hint(shell, `${far}; ${onward}`)}`;
      const more = `${countOf(page.jobs.length, 'job')} shown, there are more: --cursor ${nextCursor}`;
      return `${table}\n${hint(shell, more)}`;
    });
  });
}
