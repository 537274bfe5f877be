import type { Finding, FindingCode, FixResult } from '../core/finding.js';
import type { OrderedWorker } from '../core/ports/worker-orders.js';
import { Doctor, type DoctorParts, type RebuildResult } from './doctor.js';
import { JobOperator, type JobOperatorParts } from './job-operator.js';
import type { OperatorOptions } from './operator-options.js';
import { QueuePauser, type PauseResult } from './queue-pauser.js';
import { WorkerOrderer, type BurialResult, type DrainOptions, type DrainResult } from './worker-orders.js';

/** What the admin works with. */
export interface AdminParts<Transaction> extends JobOperatorParts<Transaction> {
  /** What rests is not what it was; queues that go on are to be dispatched at once. Never rejects. */
  readonly onPausesChanged: (resumed: readonly string[]) => Promise<void>;
  /** Takes back what the worker ran; answers how many jobs. */
  readonly onWorkerBuried: (worker: OrderedWorker) => Promise<number>;
  readonly clock: DoctorParts<Transaction>['clock'];
  readonly survey: DoctorParts<Transaction>['survey'];
  readonly rebuildQueue: DoctorParts<Transaction>['rebuildQueue'];
  readonly rescue: DoctorParts<Transaction>['rescue'];
}

/**
 * Looks at jobs and operates on them. Every change is one guarded statement of the ledger, so an operator and the
 * engine never undo each other's work: whoever came first wins, and the other is told. Each leaves an entry in the
 * trail (`audit`), with who did it and why as far as `actor` and `reason` say.
 * With `manager` a call takes place in the caller's own transaction, its entry in the trail included.
 */
export class Admin<Transaction> extends JobOperator<Transaction> {
  private readonly pauser: QueuePauser<Transaction>;
  private readonly orderer: WorkerOrderer<Transaction>;
  private readonly physician: Doctor<Transaction>;

  constructor(private readonly parts: AdminParts<Transaction>) {
    super(parts);
    this.pauser = new QueuePauser(parts);
    this.orderer = new WorkerOrderer(parts);
    this.physician = new Doctor(parts);
  }

  /**
   * Looks for what is wrong with the stores: the schema against what the migrations make, Redis against the ledger,
   * jobs and duties that nobody does, clocks, dead rows, held transactions. Each finding has its remedy; nothing is changed.
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @example
   * for (const { severity, text, remedy } of await this.admin.doctor()) console.log(severity, text, remedy);
   */
  async doctor(): Promise<Finding[]> {
    return this.physician.examine();
  }

  /**
   * Sees to what the doctor found, where that is safe: makes missing indexes beside those who write, tells Redis again,
   * takes back orphaned jobs.
   * @throws InvalidQueryError when the finding needs somebody who decides
   * @example
   * const { done } = await this.admin.fix('index-missing', { actor: 'ada' });
   */
  async fix(code: FindingCode, options: OperatorOptions<Transaction> = {}): Promise<FixResult> {
    return this.physician.fix(code, options);
  }

  /**
   * Tells Redis everything that it should know of the ledger. It does so by itself as well; this is for those who do not
   * want to wait.
   * @example
   * const { queues } = await this.admin.rebuild({ reason: 'Redis was replaced' });
   */
  async rebuild(options: OperatorOptions<Transaction> = {}): Promise<RebuildResult> {
    return this.physician.rebuild(options);
  }

  /**
   * Lets a worker process take nothing more: within two seconds, with or without Redis, it drains as in a shutdown.
   * What runs has its grace period; then the row of the worker says `stopped`.
   * @param options `exit`: the process ends afterwards
   * @throws WorkerNotFoundError when there is none, or it has ended
   * @throws InvalidQueryError
   * @example
   * await this.admin.drainWorker(workerId, { actor: 'ada', reason: 'the host is rebooted' });
   */
  async drainWorker(workerId: string, options: DrainOptions<Transaction> = {}): Promise<DrainResult> {
    return this.orderer.drain(workerId, options);
  }

  /**
   * For a supervisor that has seen a worker process end: its lease is over now, and its jobs are taken back at once.
   * One that lives all the same loses its runs, and goes on under another id.
   * @throws WorkerNotFoundError
   * @throws InvalidQueryError
   * @example
   * const { rescued } = await this.admin.buryWorker(workerId, { reason: 'SIGKILL' });
   */
  async buryWorker(workerId: string, options: OperatorOptions<Transaction> = {}): Promise<BurialResult> {
    return this.orderer.bury(workerId, options);
  }

  /**
   * Lets queues rest: no job of theirs is claimed after the commit, by any process; those that run go on.
   * @param queues one or several
   * @returns the queues that did not rest before
   * @throws InvalidQueryError
   * @example
   * await this.admin.pause('reports', { actor: 'ada', reason: 'the warehouse is moved' });
   */
  async pause(
    queues: string | readonly string[],
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.pause('pause', { queues, type: null }, options);
  }

  /**
   * Lets queues go on: what waits in them starts within a second. Types that rest by themselves go on resting.
   * @param queues one or several
   * @returns the queues that rested until now
   * @throws InvalidQueryError
   * @example
   * await this.admin.resume('reports');
   */
  async resume(
    queues: string | readonly string[],
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.resume('resume', { queues, type: null }, options);
  }

  /**
   * Lets one job type rest, in some queues; the others go on.
   * @param queues default: the queues of this instance
   * @returns the queues in which it did not rest before
   * @throws InvalidQueryError
   * @example
   * await this.admin.pauseType('send_email');
   */
  async pauseType(
    type: string,
    queues: string | readonly string[] = this.parts.queues,
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.pause('pauseType', { queues, type }, options);
  }

  /**
   * Lets one job type go on.
   * @param queues default: the queues of this instance
   * @returns the queues in which it rested until now
   * @throws InvalidQueryError
   * @example
   * await this.admin.resumeType('send_email');
   */
  async resumeType(
    type: string,
    queues: string | readonly string[] = this.parts.queues,
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.resume('resumeType', { queues, type }, options);
  }
}
