import type { MemoryTransaction } from './memory-transaction.js';

/**
 * A small table by key: what a transaction writes is for its own eyes until the commit. Nobody waits for anybody: of
 * two transactions that write the same key the one that commits last wins.
 */
export class MemoryTable<Row> {
  private readonly committed = new Map<string, Row>();
  /** By transaction: what it wrote; `undefined` = removed. */
  private readonly written = new WeakMap<MemoryTransaction, Map<string, Row | undefined>>();

  get(key: string, transaction?: MemoryTransaction): Row | undefined {
    transaction?.requireOpen();
    const changes = transaction === undefined ? undefined : this.written.get(transaction);
    return changes?.has(key) === true ? changes.get(key) : this.committed.get(key);
  }

  rows(transaction?: MemoryTransaction): Row[] {
    const changes = transaction === undefined ? undefined : this.written.get(transaction);
    const keys = new Set([...this.committed.keys(), ...(changes?.keys() ?? [])]);
    return [...keys].flatMap((key) => this.get(key, transaction) ?? []);
  }

  put(key: string, row: Row, transaction?: MemoryTransaction): void {
    this.write(key, row, transaction);
  }

  remove(key: string, transaction?: MemoryTransaction): void {
    this.write(key, undefined, transaction);
  }

  clear(): void {
    this.committed.clear();
  }

  private write(key: string, row: Row | undefined, transaction: MemoryTransaction | undefined): void {
    if (transaction === undefined) this.apply(key, row);
    else this.changesOf(transaction).set(key, row);
  }

  private changesOf(transaction: MemoryTransaction): Map<string, Row | undefined> {
    const known = this.written.get(transaction);
    if (known !== undefined) return known;
    const changes = new Map<string, Row | undefined>();
    this.written.set(transaction, changes);
    transaction.onCommit(() => {
      for (const [key, row] of changes) this.apply(key, row);
    });
    return changes;
  }

  private apply(key: string, row: Row | undefined): void {
    if (row === undefined) this.committed.delete(key);
    else this.committed.set(key, row);
  }
}
