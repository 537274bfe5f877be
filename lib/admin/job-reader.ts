import { JobNotFoundError } from '../core/errors.js';
import type { CappedCounts, JobSummaryList } from '../core/job-summary.js';
import type { Job, JobId, JobLogLine, JobRun, JobTexts } from '../core/job.js';
import type { JobLists, QueueNames } from '../core/ports/job-lists.js';
import type { LedgerInspection } from '../core/ports/ledger-inspection.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { readJobId, refuseUnknownKeys } from './argument-readers.js';
import { JobBrowser, type CountOptions, type JobList, type SearchPage } from './job-browser.js';
import { JobExplainer, type JobExplanation } from './job-explainer.js';
import { QUERY_KEYS, SELECTION_KEYS, readFilter, type JobQuery, type JobSelection } from './job-query.js';
import { statsOf, sumOf, type JobStats } from './job-stats.js';
import { MANAGER_KEYS, type WithManager } from './operator-options.js';
import { SearchSuggester, type SearchSuggestion } from './search-suggester.js';

/** What looking at jobs takes. */
export interface JobReaderParts<Transaction> {
  readonly inspection: LedgerInspection<Transaction>;
  readonly operator: Pick<OperatorDoors<Transaction>, 'standings' | 'lists'>;
}

/** What the admin tells of jobs: of one, of a list, of how many there are. It changes nothing. */
export class JobReader<Transaction> {
  private readonly inspection: LedgerInspection<Transaction>;
  private readonly explainer: JobExplainer<Transaction>;
  private readonly browser: JobBrowser<Transaction>;
  private readonly suggester: SearchSuggester<Transaction>;
  private readonly lists: Pick<JobLists<Transaction>, 'queueNames'>;

  constructor({ inspection, operator }: JobReaderParts<Transaction>) {
    this.inspection = inspection;
    this.explainer = new JobExplainer(operator.standings);
    this.browser = new JobBrowser(operator.lists);
    this.suggester = new SearchSuggester(operator.lists);
    this.lists = operator.lists;
  }

  /**
   * One job as it stands now, or as it was archived; then `archivedAt` says when.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * const { status, errorMessage } = await this.admin.get(id);
   */
  async get(id: JobId, options: WithManager<Transaction> = {}): Promise<Job> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const job = await this.inspection.find(readJobId(id), options.manager);
    if (job === undefined) throw new JobNotFoundError(id);
    return job;
  }

  /**
   * What a job carries as the ledger keeps it: JSON text, in which numbers are exact that JavaScript cannot hold.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * const { payload } = await this.admin.texts(id); // '{"id": 9007199254740993}'
   */
  async texts(id: JobId, options: WithManager<Transaction> = {}): Promise<JobTexts> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const texts = await this.inspection.texts(readJobId(id), options.manager);
    if (texts === undefined) throw new JobNotFoundError(id);
    return texts;
  }

  /**
   * Every run of a job that has ended, oldest first, with its outcome and error.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * for (const run of await this.admin.runs(id)) console.log(run.attempt, run.outcome, run.errorMessage);
   */
  async runs(id: JobId, options: WithManager<Transaction> = {}): Promise<JobRun[]> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const runs = await this.inspection.runs(readJobId(id), options.manager);
    // A job that never ran and one that never was both have none; only one of them is a mistake.
    if (runs.length === 0) await this.get(id, options);
    return runs;
  }

  /**
   * What the handlers of a job logged with `job.log()`, oldest first.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * for (const { run, at, message } of await this.admin.logs(id)) console.log(run, at, message);
   */
  async logs(id: JobId, options: WithManager<Transaction> = {}): Promise<JobLogLine[]> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const lines = await this.inspection.logs(readJobId(id), options.manager);
    if (lines.length === 0) await this.get(id, options);
    return lines;
  }

  /**
   * Why a job does not run: what it waits for, in words and as fields.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * const { text } = await this.admin.explain(id); // 'The queue "reports" is paused.'
   */
  async explain(id: JobId, options: WithManager<Transaction> = {}): Promise<JobExplanation> {
    return this.explainer.explain(id, options);
  }

  /**
   * One page of jobs, newest first. Pages go by key: jobs that come or go meanwhile neither shift nor repeat others.
   * @param query what narrows (see `JobSelection`), `limit` (1 to 1,000, default 100), `cursor`,
   *   `archived` (true: the archive instead)
   * @throws InvalidQueryError
   * @example
   * let cursor: string | null = null;
   * do {
   *   const page = await this.admin.list({ status: ['failed', 'dead'], payload: { 'user.id': 42 }, cursor });
   *   for (const job of page.jobs) console.log(job.id, job.errorMessage);
   *   cursor = page.nextCursor;
   * } while (cursor !== null);
   */
  async list(query: JobQuery = {}, options: WithManager<Transaction> = {}): Promise<JobList> {
    return this.browser.list(query, options);
  }

  /**
   * The same without payloads and results, for lists that people look at. Takes two seconds at most.
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError when the ledger is too large for the question
   * @example
   * const { jobs } = await this.admin.summaries({ status: 'failed', sort: 'updated', limit: 50 });
   */
  async summaries(query: JobQuery = {}, options: WithManager<Transaction> = {}): Promise<JobSummaryList> {
    return this.browser.summaries(query, options);
  }

  /**
   * The same by a text in the query language (docs/searching.md).
   * @throws InvalidSearchError that names the position, and what is allowed there
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError when the ledger is too large for the question
   * @example
   * const { jobs } = await this.admin.search('type:send_email status:dead error:"ECONN" age>1h', { limit: 50 });
   */
  async search(
    text: string,
    page: SearchPage = {},
    options: WithManager<Transaction> = {},
  ): Promise<JobSummaryList> {
    return this.browser.search(text, page, options);
  }

  /**
   * How many jobs match by status, each counted no further than a cap, so that it is cheap on large tables. A status in
   * the selection is left aside: the counts say what each status would show.
   * @param selection as for `list`, or a text in the query language
   * @throws InvalidSearchError
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError when the ledger is too large for the question
   * @example
   * const { counts, cappedAt } = await this.admin.counts('type:send_email age<1d');
   */
  async counts(
    selection: JobSelection | string = {},
    options: CountOptions<Transaction> = {},
  ): Promise<CappedCounts> {
    return this.browser.counts(selection, options);
  }

  /**
   * What may be written next in a search text: fields, then values that the ledger has seen.
   * @param at where the cursor stands, in characters from 0; default: the end
   * @throws InvalidQueryError
   * @example
   * const [first] = await this.admin.suggest('sta'); // { text: 'status:', from: 0, to: 3, note: 'a status' }
   */
  async suggest(text: string, at: number = text.length): Promise<SearchSuggestion[]> {
    return this.suggester.suggest(text, at);
  }

  /**
   * The queues of the whole ledger: of its jobs, of living workers and of pauses. Where `isComplete` is false, looking
   * through the jobs that have ended takes longer than two seconds, and a queue with no others may be missing.
   * @example
   * const queues = await this.admin.queues((await this.admin.queueNames()).names);
   */
  async queueNames(): Promise<QueueNames> {
    return this.lists.queueNames();
  }

  /**
   * One page of the jobs that are `dead`: no attempts left, discarded, or dangerous to their process.
   * @throws InvalidQueryError
   * @example
   * const { jobs } = await this.admin.deadJobs({ type: 'send_email', limit: 20 });
   */
  async deadJobs(
    query: Omit<JobQuery, 'status'> = {},
    options: WithManager<Transaction> = {},
  ): Promise<JobList> {
    const { status: _, ...keys } = QUERY_KEYS;
    refuseUnknownKeys('query', query, keys);
    return this.list({ ...query, status: 'dead' }, options);
  }

  /**
   * How many jobs match. Unless tags, a parent or an end narrow it, it reads the whole table.
   * @throws InvalidQueryError
   * @example
   * const waiting = await this.admin.count({ status: ['pending', 'scheduled'], queue: 'reports' });
   */
  async count(selection: JobSelection = {}, options: WithManager<Transaction> = {}): Promise<number> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    return sumOf(await this.inspection.count(readFilter(selection), options.manager));
  }

  /**
   * How many jobs there are in the whole ledger by status, type and queue, finished ones included. In a large ledger
   * statuses with more than 5,000 jobs are estimated from a sample, and `estimated` names them; a type or queue of which
   * there are few such jobs may then be missing. In a transaction of yours everything is counted, however long it takes.
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError
   * @example
   * const { byStatus, byType } = await this.admin.stats();
   */
  async stats(options: WithManager<Transaction> = {}): Promise<JobStats> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const { manager } = options;
    if (manager === undefined) return statsOf(await this.inspection.census());
    return statsOf({ groups: await this.inspection.count({}, manager), estimated: [] });
  }
}
