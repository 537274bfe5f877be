import type { BulkResult } from '../../../admin/bulk-changer.js';
import type { BulkOptions } from '../../../admin/operator-options.js';
import type { JobStatus } from '../../../core/job-status.js';
import type { KyuAdmin } from '../../../kyu.injectables.js';
import { UsageError } from '../../command-errors.js';
import { confirm } from '../../confirm.js';
import type { ConnectionFlags } from '../../connection/connection-options.js';
import { operating } from '../../connection/operate.js';
import { EXIT } from '../../exit-codes.js';
import { actorOf, type ActorFlags } from '../../operator-flags.js';
import { present, remark, type PresentOptions } from '../../output/present.js';
import { ProgressBar } from '../../output/progress-bar.js';
import { countOf } from '../../output/times.js';
import { isJobId } from '../../read-arguments.js';
import { searchOf, type JobSearch } from '../../search-words.js';
import type { Shell } from '../../shell.js';

/** What every change of jobs can be told. */
export interface ChangeFlags extends ConnectionFlags, PresentOptions, ActorFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly limit?: number;
}

type Operator = { actor: string; reason?: string };
type Options = BulkOptions<never>;

/** One verb, on one job and on many. */
export interface JobVerb {
  /** As in "Delete 12 jobs". */
  readonly verb: string;
  /** As in "deleted 12 jobs". */
  readonly done: string;
  /** Whether one job alone is asked about as well: it cannot be undone. */
  readonly isFinal: boolean;
  /** The statuses that it can be done in; a search that names none means all of them. */
  readonly statuses: readonly JobStatus[];
  readonly one: (admin: KyuAdmin, id: string, by: Operator) => Promise<unknown>;
  readonly many: (admin: KyuAdmin, search: JobSearch, options: Options) => Promise<BulkResult>;
}

/** So many at once, with a look at the progress in between. */
const STEP = 2_000;

/** Changes jobs that are named by their ids, or all that match a search. */
export async function changeJobs(
  shell: Shell,
  words: readonly string[],
  flags: ChangeFlags,
  verb: JobVerb,
  narrow: (search: JobSearch) => JobSearch = (search) => search,
): Promise<void> {
  if (words.length > 0 && words.every(isJobId)) return changeNamed(shell, words, flags, verb);
  const search = narrow(searchOf(words));
  if (Object.keys(search).length === 0) {
    throw new UsageError(
      `${verb.verb} which jobs? Name ids, or a search such as status:${verb.statuses[0]} type:send_email.`,
    );
  }
  await changeMatching(shell, { ...search, status: search.status ?? verb.statuses }, flags, verb);
}

async function changeNamed(
  shell: Shell,
  ids: readonly string[],
  flags: ChangeFlags,
  verb: JobVerb,
): Promise<void> {
  const intention = { verb: verb.verb, count: ids.length, noun: 'job' };
  await operating(shell, flags, async ({ admin }) => {
    if (flags.dryRun === true) {
      for (const id of ids) await admin.get(id);
      return tell(shell, flags, verb, { matched: ids.length, affected: 0 });
    }
    if (verb.isFinal || ids.length > 1) await confirm(shell, flags.yes === true, intention);
    let affected = 0;
    for (const id of ids) {
      try {
        await verb.one(admin, id, actorOf(shell, flags));
        affected += 1;
      } catch (error) {
        if (ids.length === 1 || !(error instanceof Error)) throw error;
        shell.exitCode = EXIT.failed;
        remark(shell, `${shell.paint.bad('kyu:')} ${error.message}`);
      }
    }
    tell(shell, flags, verb, { matched: ids.length, affected });
  });
}

async function changeMatching(
  shell: Shell,
  search: JobSearch,
  flags: ChangeFlags,
  verb: JobVerb,
): Promise<void> {
  await operating(shell, flags, async ({ admin }) => {
    const by = actorOf(shell, flags);
    const limit = flags.limit === undefined ? {} : { limit: flags.limit };
    const { matched } = await verb.many(admin, search, { ...by, ...limit, dryRun: true });
    if (flags.dryRun === true || matched === 0) return tell(shell, flags, verb, { matched, affected: 0 });
    await confirm(shell, flags.yes === true, { verb: verb.verb, count: matched, noun: 'job' });
    const bar = new ProgressBar(shell.stderr, matched);
    try {
      const step = (most: number): Promise<BulkResult> => verb.many(admin, search, { ...by, limit: most });
      tell(shell, flags, verb, { matched, affected: await inSteps(step, matched, (done) => bar.show(done)) });
    } finally {
      bar.end();
    }
  });
}

/**
 * What was changed does not match any more, so the same call again does the next ones. Where nothing can be changed of
 * a whole step, because others hold those jobs, the last call goes past them.
 */
async function inSteps(
  step: (most: number) => Promise<BulkResult>,
  total: number,
  show: (done: number) => void,
): Promise<number> {
  let done = 0;
  while (done < total) {
    show(done);
    const { matched, affected } = await step(Math.min(STEP, total - done));
    done += affected;
    if (matched === 0) return done;
    if (affected === 0) return done + (await step(total - done)).affected;
  }
  return done;
}

function tell(shell: Shell, flags: ChangeFlags, { done }: JobVerb, result: BulkResult): void {
  present(shell, flags, result, () => {
    const { matched, affected } = result;
    if (matched === 0) return 'No job matches.';
    if (flags.dryRun === true) return `${countOf(matched, 'job')} would be ${done}.`;
    const left = matched - affected;
    const others = left > 0 ? `; ${countOf(left, 'job')} left as they are` : '';
    return `${shell.paint.good(done)} ${countOf(affected, 'job')}${others}`;
  });
}
