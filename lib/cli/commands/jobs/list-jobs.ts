import type { KyuOperator } from '../../../kyu.operator.js';
import type { ConnectionFlags } from '../../connection/connection-options.js';
import { looking } from '../../connection/operate.js';
import { hint, placeOf, present, timesOf, type PresentOptions } from '../../output/present.js';
import { jobTable } from '../../output/job-table.js';
import { countOf } from '../../output/times.js';
import { searchOf, type JobSearch } from '../../search-words.js';
import type { Shell } from '../../shell.js';

/** What a list of jobs can be told. */
export interface ListOptions extends ConnectionFlags, PresentOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly archived?: boolean;
}

/** One page of the jobs that the words say, newest first. */
export async function listJobs(
  shell: Shell,
  words: readonly string[],
  options: ListOptions,
  narrow: (search: JobSearch) => JobSearch = (search) => search,
): Promise<void> {
  const search = narrow(searchOf(words));
  const archived = options.archived === true ? { archived: true } : {};
  const query = { ...search, ...archived, limit: options.limit, cursor: options.cursor ?? null };
  await looking(shell, options, async ({ admin }: KyuOperator) => {
    const page = await admin.list(query);
    present(shell, options, page, () => {
      if (page.jobs.length === 0) return `No job ${words.length === 0 ? 'yet' : 'matches'}.`;
      const table = jobTable(page.jobs, timesOf(shell, options), placeOf(shell));
      const { nextCursor } = page;
      if (nextCursor === null) return table;
      const more = `${countOf(page.jobs.length, 'job')} shown, there are more: --cursor ${nextCursor}`;
      return `${table}\n${hint(shell, more)}`;
    });
  });
}
