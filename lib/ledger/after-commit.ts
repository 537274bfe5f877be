import type { EntityManager, EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';
import type { TransactionRollbackEvent, TransactionStartEvent } from 'typeorm';

/** What waits for the outcome of the transactions that one query runner has open, one level per savepoint. */
type Levels = (() => void)[][];

const waiting = new WeakMap<QueryRunner, Levels>();

/**
 * Runs `action` once the caller's transaction has really committed, and never when it rolled back.
 * TypeORM tells subscribers of every commit, of a released savepoint as well; only the outermost one counts. What
 * was enqueued below a savepoint that rolled back goes with it. Outside a transaction it runs at once.
 */
export function afterCommit(manager: EntityManager, action: () => void): void {
  const queryRunner = manager.queryRunner;
  if (queryRunner === undefined || !queryRunner.isTransactionActive) {
    action();
    return;
  }
  watch(manager);
  const levels = waiting.get(queryRunner) ?? [];
  waiting.set(queryRunner, levels);
  const depth = depthOf(queryRunner);
  while (levels.length < depth) levels.push([]);
  levels[depth - 1]!.push(action); // filled up just above
}

/**
 * One subscriber per data source, added when the first transaction of it enqueues. The list itself is asked, because
 * a data source that is closed and opened again has a new one.
 */
function watch(manager: EntityManager): void {
  const { subscribers } = manager.dataSource;
  if (!subscribers.some((subscriber) => subscriber instanceof CommitSubscriber)) {
    subscribers.push(new CommitSubscriber());
  }
}

class CommitSubscriber implements EntitySubscriberInterface {
  /** A new outermost transaction on a runner whose last one ended without a word (its connection was lost). */
  afterTransactionStart(event: TransactionStartEvent): void {
    if (depthOf(event.queryRunner) <= 1) waiting.delete(event.queryRunner);
  }

  afterTransactionCommit(event: TransactionCommitEvent): void {
    const levels = waiting.get(event.queryRunner);
    if (levels === undefined) return;
    if (event.queryRunner.isTransactionActive) return mergeDown(levels, depthOf(event.queryRunner));
    waiting.delete(event.queryRunner);
    for (const action of levels.flat()) action();
  }

  afterTransactionRollback(event: TransactionRollbackEvent): void {
    const levels = waiting.get(event.queryRunner);
    if (levels === undefined) return;
    if (event.queryRunner.isTransactionActive)
      levels.length = Math.min(levels.length, depthOf(event.queryRunner));
    else waiting.delete(event.queryRunner);
  }
}

/** A released savepoint hands what waits in it to the level around it. */
function mergeDown(levels: Levels, depth: number): void {
  const released = levels.splice(depth).flat();
  if (released.length === 0) return;
  while (levels.length < depth) levels.push([]);
  levels[depth - 1]!.push(...released); // filled up just above
}

/** How many transactions and savepoints are open: TypeORM counts them but keeps the number to itself. */
function depthOf(queryRunner: QueryRunner): number {
  const counted = (queryRunner as unknown as { transactionDepth?: number }).transactionDepth;
  return Math.max(1, counted ?? 1);
}
