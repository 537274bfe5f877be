import { KyuOperator } from '../../kyu.operator.js';
import { optionsFrom, type ToldOptions } from '../../kyu.told-options.js';
import { buryWorker } from './bury-worker.js';

/** Buries the workers of processes that died, over connections of the supervisor's own, which are open before they are needed. */
export class Undertaker {
  private readonly operators = new Map<string, Promise<KyuOperator | undefined>>();

  /** Learns where the ledger of an instance is. Each process says the same. */
  learn(told: readonly ToldOptions[]): void {
    for (const options of told) {
      if (!this.operators.has(options.name)) this.operators.set(options.name, open(options));
    }
  }

  /** Answers whether it could be done. */
  async bury(instance: string, workerId: string): Promise<boolean> {
    const operator = await this.operators.get(instance);
    if (operator === undefined) return false;
    try {
      await buryWorker(operator.runtime, workerId);
      return true;
    } catch {
      return false; // PostgreSQL is away: then nobody can start the jobs elsewhere, either
    }
  }

  async close(): Promise<void> {
    const operators = await Promise.all(this.operators.values());
    await Promise.all(operators.map(async (operator) => operator?.close()));
  }
}

async function open(told: ToldOptions): Promise<KyuOperator | undefined> {
  try {
    const operator = await KyuOperator.open(optionsFrom(told));
    await operator.tellWorkers();
    return operator;
  } catch {
    return undefined;
  }
}
