import { nearestName } from '../core/near-miss.js';
import type { EnqueuedLog, RecordedJob } from './enqueued-log.js';
import { isSubset } from './payload-subset.js';

/** Whether a recorded job is meant: by a function, or by what its payload has to have at least. */
export type RecordedJobTest = (payload: unknown, job: RecordedJob) => boolean;

/** More than this helps nobody who reads a failed test. */
const MOST_SHOWN = 20;
const LONGEST_PAYLOAD = 300;

/** What a test claims about the jobs that were enqueued. */
export class EnqueuedExpectations {
  constructor(private readonly log: EnqueuedLog) {}

  /** @throws Error that lists what was enqueued */
  expect(type: string, matcher: unknown): RecordedJob {
    const [found] = this.matching(type, matcher);
    if (found !== undefined) return found;
    throw new Error(
      `Expected a job "${type}"${inWords(matcher)} to be enqueued, but there is none.\n${this.report(type)}`,
    );
  }

  /** @throws Error that shows the job */
  refute(type: string, matcher: unknown): void {
    const found = this.matching(type, matcher);
    if (found.length === 0) return;
    throw new Error(
      `Expected no job "${type}"${inWords(matcher)} to be enqueued, but there ${count(found.length)}:\n${lines(found)}`,
    );
  }

  private matching(type: string, matcher: unknown): RecordedJob[] {
    return this.log.list(type).filter((job) => matches(matcher, job));
  }

  private report(type: string): string {
    const all = this.log.list();
    if (all.length === 0)
      return 'Nothing was enqueued. Was the enqueue awaited, and its transaction committed?';
    const nearest = nearestName(
      type,
      all.map((job) => job.type).filter((name) => name !== type),
    );
    const hint = nearest === undefined || this.log.list(type).length > 0 ? '' : ` Did you mean "${nearest}"?`;
    return `Enqueued so far:${hint}\n${lines(all)}`;
  }
}

function matches(matcher: unknown, job: RecordedJob): boolean {
  if (matcher === undefined) return true;
  if (typeof matcher === 'function') return (matcher as RecordedJobTest)(job.payload, job);
  return isSubset(matcher, job.payload);
}

function inWords(matcher: unknown): string {
  if (matcher === undefined) return '';
  if (typeof matcher === 'function') return ' that the given function accepts';
  return ` with a payload that has ${shown(matcher)}`;
}

function lines(jobs: readonly RecordedJob[]): string {
  const shownJobs = jobs.slice(0, MOST_SHOWN).map(lineOf);
  const hidden = jobs.length - shownJobs.length;
  return [...shownJobs, ...(hidden > 0 ? [`  … and ${hidden} more`] : [])].join('\n');
}

function lineOf({ type, payload, queue, priority, scheduledAt }: RecordedJob): string {
  const facts = [`queue ${queue}`];
  if (priority !== 0) facts.push(`priority ${priority}`);
  if (scheduledAt !== null) facts.push(`from ${scheduledAt.toISOString()}`);
  return `  "${type}" ${shown(payload)} (${facts.join(', ')})`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, inJson) ?? String(value);
  return text.length <= LONGEST_PAYLOAD ? text : `${text.slice(0, LONGEST_PAYLOAD).toWellFormed()}…`;
}

/** A matcher of the test framework says best itself what it asks for. */
function inJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null || !('toAsymmetricMatcher' in value)) return value;
  return typeof value.toAsymmetricMatcher === 'function' ? String(value.toAsymmetricMatcher()) : value;
}

function count(jobs: number): string {
  return jobs === 1 ? 'is one' : `are ${jobs}`;
}
