import { allProcessed } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Entrant, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';
import { onPostgres } from '../stores/bench-stores.js';
import { warmUpOf } from './throughput.js';

/** While somebody's transaction is open, PostgreSQL cannot forget the versions of rows that it might still see. */
export function heldTransactionBenchmark(context: BenchContext): Benchmark {
  const entrants = ['kyu', ...(context.scale.form === 'quick' ? [] : ['kyu-postgres'])];
  return {
    name: 'held-transaction',
    title: 'Process no-op jobs while another transaction is held open',
    unit: 'jobs/s',
    better: 'higher',
    entrants: entrants.flatMap((name) => [
      entrant(context, name, 'free', 'no other transaction'),
      entrant(context, name, 'held', 'a transaction with a snapshot and an id is open all the time'),
    ]),
  };
}

function entrant(context: BenchContext, contestant: string, state: 'free' | 'held', what: string): Entrant {
  return {
    name: `${contestant}-${state}`,
    settings: `${contestant}; ${what}`,
    sample: () => sampleHeld(context, contestant, state),
  };
}

async function sampleHeld(context: BenchContext, name: string, state: 'free' | 'held'): Promise<Sample> {
  const entry = contestantNamed(name);
  // Twice as long as usual: dead versions pile up.
  const jobs = jobsFor(context.scale, entry.pace.process) * 2;
  const place = await context.stores.freshPlace(entry.place);
  return withContestant(context, settingOf(entry, place), async (child) => {
    await child.process({ jobs: warmUpOf(context, entry.pace.process), queue: 'empty' });
    const measure = () => child.process({ jobs, queue: 'empty' });
    const { settledMs } = state === 'held' ? await whileHeld(place.postgresUrl, measure) : await measure();
    return {
      value: (jobs / settledMs) * 1_000,
      details: { jobs },
      account: allProcessed(await child.account()),
    };
  });
}

async function whileHeld<Result>(postgresUrl: string, work: () => Promise<Result>): Promise<Result> {
  return onPostgres(postgresUrl, async (client) => {
    await client.query('begin isolation level repeatable read');
    await client.query('select txid_current(), count(*) from kyu.kyu_workers');
    const result = await work();
    await client.query('rollback');
    return result;
  });
}
