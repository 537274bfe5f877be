import { counted, together } from '../harness/accounts.js';
import { settingOf, withProcess, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Entrant, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';

const CALLERS = 10;

/** An order and its job in one transaction: by `enqueue`, and by two bare INSERTs. */
export function transactionBenchmark(context: BenchContext): Benchmark {
  return {
    name: 'transaction',
    title: `A row and a job in one transaction, ${CALLERS} callers`,
    unit: 'transactions/s',
    better: 'higher',
    entrants: [
      entrant(context, 'kyu', 'enqueue with the manager of the transaction'),
      entrant(context, 'insert', 'a bare INSERT of the same job'),
    ],
  };
}

function entrant(context: BenchContext, jobBy: 'kyu' | 'insert', settings: string): Entrant {
  const name = jobBy === 'kyu' ? 'kyu' : 'two-inserts';
  return { name, settings, sample: () => sampleTransactions(context, jobBy) };
}

async function sampleTransactions(context: BenchContext, jobBy: 'kyu' | 'insert'): Promise<Sample> {
  const { transactions } = context.scale;
  const warmUp = Math.ceil(transactions / 5);
  const place = await context.stores.freshPlace();
  const setting = settingOf(contestantNamed('kyu'), place, { role: 'producer' });
  return withProcess(context, async (child) => {
    const answer = await child.transactions({ setting, transactions, warmUp, callers: CALLERS, jobBy });
    const written = transactions + warmUp;
    return {
      value: (transactions / answer.ms) * 1_000,
      details: { transactions, 'cpu µs/transaction': (answer.cpuMs * 1_000) / transactions },
      account: together(
        counted('orders', answer.orders, written),
        counted('pending jobs', answer.pending, written),
      ),
    };
  });
}
