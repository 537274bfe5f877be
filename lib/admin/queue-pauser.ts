import type { AuditAction } from '../core/ports/audit-trail.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { readName, readNames, refuseUnknownKeys } from './argument-readers.js';
import { newEntry, OPERATOR_KEYS, readOperator, type OperatorOptions } from './operator-options.js';

/** What the pauser works with. */
export interface PauserParts<Transaction> {
  readonly operator: OperatorDoors<Transaction>;
  readonly newEntryId: () => string;
  /** What rests is not what it was; queues that go on are to be dispatched at once. Never rejects. */
  readonly onPausesChanged: (resumed: readonly string[]) => Promise<void>;
}

/** What a pause or its end came to. */
export interface PauseResult {
  /** The queues for which it makes a difference; the others rested, or went on, already. */
  readonly queues: readonly string[];
}

/** What is to rest or to go on. */
interface PauseTarget {
  readonly queues: string | readonly string[];
  /** `null`: the queues as a whole. */
  readonly type: string | null;
}

/** Lets queues and job types rest and go on. */
export class QueuePauser<Transaction> {
  constructor(private readonly parts: PauserParts<Transaction>) {}

  pause(
    action: 'pause' | 'pauseType',
    target: PauseTarget,
    options: OperatorOptions<Transaction>,
  ): Promise<PauseResult> {
    return this.operate(action, target, options, (queues, type, manager) => {
      const order = { queues, type, ...readOperator(options) };
      return this.parts.operator.pauses.pause(order, manager);
    });
  }

  resume(
    action: 'resume' | 'resumeType',
    target: PauseTarget,
    options: OperatorOptions<Transaction>,
  ): Promise<PauseResult> {
    return this.operate(action, target, options, (queues, type, manager) =>
      this.parts.operator.pauses.resume(queues, type, manager),
    );
  }

  private async operate(
    action: AuditAction,
    target: PauseTarget,
    options: OperatorOptions<Transaction>,
    perform: (queues: string[], type: string | null, manager: Transaction) => Promise<string[]>,
  ): Promise<PauseResult> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const named = readNames('queue', target.queues);
    const type = target.type === null ? null : readName('type', target.type);
    const entry = newEntry(this.parts.newEntryId(), action, readOperator(options));
    const { transactions, audit } = this.parts.operator;
    const queues = await transactions.within(options.manager, async (manager) => {
      const changed = await perform(named, type, manager);
      const [queue = null, ...others] = named;
      const about =
        others.length === 0 ? { queue } : { queue: null, selection: JSON.stringify({ queue: named }) };
      await audit.record({ ...entry, ...about, type, affected: changed.length }, manager);
      return changed;
    });
    await this.tell(action === 'resume' || action === 'resumeType' ? queues : [], options.manager);
    return { queues };
  }

  private async tell(resumed: readonly string[], manager: Transaction | undefined): Promise<void> {
    const { operator, onPausesChanged } = this.parts;
    if (manager === undefined) await onPausesChanged(resumed);
    else operator.transactions.afterCommit(manager, () => void onPausesChanged(resumed));
  }
}
