import type { ErrorGroupList } from '../core/error-group.js';
import type { LedgerReadings, QueueReading, WorkerReading } from '../core/ports/ledger-readings.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { Schedule } from '../core/schedule.js';
import type { Overview, QueueDetails } from '../core/traffic.js';
import { readNames } from './argument-readers.js';
import { AuditReader, type AuditList, type AuditQuery } from './audit-reader.js';
import { JobReader, type JobReaderParts } from './job-reader.js';
import type { WithManager } from './operator-options.js';
import { OverviewReader, type ErrorGroupQuery, type WindowQuery } from './overview-reader.js';
import type { Dispatching } from './problems.js';

/** What the reading half of the admin works with. */
export interface FleetReaderParts<Transaction> extends JobReaderParts<Transaction> {
  readonly readings: LedgerReadings;
  readonly operator: Pick<OperatorDoors<Transaction>, 'standings' | 'audit' | 'lists' | 'traffic'>;
  /** The queues of this instance; those of its handlers join at bootstrap. */
  readonly queues: readonly string[];
  readonly dispatching: () => Dispatching;
  /** The schedules of this application, by name. */
  readonly schedules: () => Promise<Schedule[]>;
}

/**
 * What the admin tells beside single jobs: queues, workers, schedules, what goes on in the whole, and what operators
 * did. It changes nothing.
 */
export class FleetReader<Transaction> extends JobReader<Transaction> {
  private readonly trail: AuditReader<Transaction>;
  private readonly overviews: OverviewReader;

  constructor(private readonly from: FleetReaderParts<Transaction>) {
    super(from);
    this.trail = new AuditReader(from.operator.audit);
    this.overviews = new OverviewReader({ ...from, traffic: from.operator.traffic });
  }

  /**
   * How queues stand: living and dead jobs, age of the oldest pending one, living workers, what is paused.
   * @param names default: the queues of this instance
   * @throws InvalidQueryError
   * @example
   * const [{ pending, paused, pausedTypes }] = await this.admin.queues('shop');
   */
  async queues(names: string | readonly string[] = this.from.queues): Promise<QueueReading[]> {
    return this.from.readings.queues(readNames('queue', names));
  }

  /**
   * Every schedule of this application, by name, with its last and its next run. `KyuSchedules` changes them.
   * @example
   * const late = (await this.admin.schedules()).filter(({ pausedAt }) => pausedAt !== null);
   */
  async schedules(): Promise<Schedule[]> {
    return this.from.schedules();
  }

  /**
   * The worker processes that serve queues, those that ended within the last day included.
   * @param names default: the queues of this instance
   * @throws InvalidQueryError
   * @example
   * const alive = (await this.admin.workers()).filter((worker) => worker.state === 'alive');
   */
  async workers(names: string | readonly string[] = this.from.queues): Promise<WorkerReading[]> {
    return this.from.readings.workers(readNames('queue', names));
  }

  /**
   * How the whole stands: what is wrong, in words and worst first; jobs by status; what happened within a window, in 60
   * points, by queue and by type, with the times that jobs waited and ran. What is large is counted up to a limit, or
   * taken from a sample: then `approximate` says so.
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError
   * @example
   * const { problems } = await this.admin.overview({ window: '24h' });
   */
  async overview(query: WindowQuery = {}): Promise<Overview> {
    return this.overviews.overview(query);
  }

  /**
   * How queues stand, as `queues()`, with what happened in each of them, in 60 points and by type.
   * @param names default: the queues of this instance
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError
   * @example
   * const [{ series, types }] = await this.admin.queueDetails('shop', { window: '1h' });
   */
  async queueDetails(
    names: string | readonly string[] = this.from.queues,
    query: WindowQuery = {},
  ): Promise<QueueDetails[]> {
    return this.overviews.queueDetails(names, query);
  }

  /**
   * Errors of a window, grouped by what is the same about their messages: ids, numbers and what stands in quotes are
   * not looked at. Those with the most runs first.
   * @throws InvalidQueryError
   * @throws ReadingTimeoutError
   * @example
   * const { groups } = await this.admin.errorGroups({ window: '24h' });
   */
  async errorGroups(query: ErrorGroupQuery = {}): Promise<ErrorGroupList> {
    return this.overviews.errorGroups(query);
  }

  /**
   * One page of what operators did, newest first: who, when, why, and how many jobs it changed.
   * @throws InvalidQueryError
   * @example
   * const { entries } = await this.admin.audit({ jobId: id });
   */
  async audit(query: AuditQuery = {}, options: WithManager<Transaction> = {}): Promise<AuditList> {
    return this.trail.list(query, options);
  }
}
