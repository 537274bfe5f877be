import { InvalidQueryError, WorkerNotFoundError } from '../core/errors.js';
import { isJobId } from '../core/job-id.js';
import type { KeysOf } from '../core/option-scope.js';
import type { AuditAction } from '../core/ports/audit-trail.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { OrderedWorker } from '../core/ports/worker-orders.js';
import { describeValue } from '../core/redact.js';
import { readFlag, refuseUnknownKeys } from './argument-readers.js';
import { newEntry, OPERATOR_KEYS, readOperator, type OperatorOptions } from './operator-options.js';

/** How a worker is to drain. */
export interface DrainOptions<Transaction> extends OperatorOptions<Transaction> {
  /**
   * True: the process ends afterwards, as by SIGTERM, if its application has shutdown hooks. Default false: the
   * application goes on without workers.
   */
  exit?: boolean;
}

/** A worker that was asked to drain. */
export interface DrainResult {
  readonly workerId: string;
  /** Still: it changes to `draining` within two seconds, and to `stopped` when its runs have ended. */
  readonly state: string;
}

/** A worker that was buried. */
export interface BurialResult {
  readonly workerId: string;
  /** Jobs that were taken back; 0 in a transaction of the caller's, after which it happens. */
  readonly rescued: number;
}

/** What orders to workers need. */
export interface WorkerOrderParts<Transaction> {
  readonly operator: OperatorDoors<Transaction>;
  readonly newEntryId: () => string;
  /** Takes back what the worker ran; answers how many jobs. */
  readonly onWorkerBuried: (worker: OrderedWorker) => Promise<number>;
}

const DRAIN_KEYS: KeysOf<DrainOptions<unknown>> = { ...OPERATOR_KEYS, exit: true };

/** Tells worker processes to drain, and buries those that are known to be dead. */
export class WorkerOrderer<Transaction> {
  constructor(private readonly parts: WorkerOrderParts<Transaction>) {}

  async drain(workerId: string, options: DrainOptions<Transaction>): Promise<DrainResult> {
    refuseUnknownKeys('options', options, DRAIN_KEYS);
    const thenExit = readFlag('exit', options.exit);
    const worker = await this.order('drainWorker', workerId, options, { exit: thenExit }, (id, manager) =>
      this.parts.operator.workers.requestDrain(id, thenExit, manager),
    );
    return { workerId: worker.workerId, state: worker.state };
  }

  async bury(workerId: string, options: OperatorOptions<Transaction>): Promise<BurialResult> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const worker = await this.order('buryWorker', workerId, options, {}, (id, manager) =>
      this.parts.operator.workers.bury(id, manager),
    );
    const { onWorkerBuried, operator } = this.parts;
    if (options.manager === undefined) {
      return { workerId: worker.workerId, rescued: await onWorkerBuried(worker) };
    }
    operator.transactions.afterCommit(options.manager, () => void onWorkerBuried(worker).catch(() => {}));
    return { workerId: worker.workerId, rescued: 0 };
  }

  private async order(
    action: AuditAction,
    given: string,
    options: OperatorOptions<Transaction>,
    details: object,
    perform: (workerId: string, manager: Transaction) => Promise<OrderedWorker | undefined>,
  ): Promise<OrderedWorker> {
    const workerId = readWorkerId(given);
    const entry = newEntry(this.parts.newEntryId(), action, readOperator(options));
    const { transactions, audit } = this.parts.operator;
    return transactions.within(options.manager, async (manager) => {
      const worker = await perform(workerId, manager);
      if (worker === undefined) throw new WorkerNotFoundError(workerId);
      // What was dead before may have jobs all the same; what has ended cannot be told anything.
      if (!worker.isChanged && action === 'drainWorker')
        throw new WorkerNotFoundError(workerId, worker.state);
      const selection = JSON.stringify({ workerId, host: worker.host, pid: worker.pid, ...details });
      await audit.record({ ...entry, selection, affected: worker.isChanged ? 1 : 0 }, manager);
      return worker;
    });
  }
}

function readWorkerId(workerId: unknown): string {
  if (isJobId(workerId)) return workerId.toLowerCase();
  throw new InvalidQueryError('workerId', describeValue(workerId), 'the id of a worker, which is a UUID');
}
