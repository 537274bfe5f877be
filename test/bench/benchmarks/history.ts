import { allProcessed } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Entrant, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';
import { onPostgres, type Place } from '../stores/bench-stores.js';
import { fillHistory } from '../stores/ledger-filling.js';
import { warmUpOf } from './throughput.js';

/** The same work beside an empty ledger, and beside millions of jobs that ended long ago. */
export function historyBenchmark(context: BenchContext): Benchmark {
  const { someHistory, muchHistory } = context.scale;
  const places = new Map<string, Place>();
  const filled = (name: string, rows: number): Entrant => ({
    name,
    settings: `kyu, with ${rows.toLocaleString('en')} finished jobs in the ledger`,
    sample: async () => sampleAt(context, placeNamed(places, name)),
  });
  return {
    name: 'history',
    title: 'Process no-op jobs beside a history of finished jobs',
    unit: 'jobs/s',
    better: 'higher',
    sizes: { 'history-1m': someHistory, 'history-10m': muchHistory },
    prepare: async () => {
      places.set('history-1m', await makeHistory(context, 'history_some', someHistory));
      places.set('history-10m', await makeHistory(context, 'history_much', muchHistory));
    },
    entrants: [
      {
        name: 'empty',
        settings: 'kyu, with a new ledger',
        sample: async () => sampleAt(context, await context.stores.freshPlace()),
      },
      filled('history-1m', someHistory),
      filled('history-10m', muchHistory),
    ],
  };
}

function placeNamed(places: ReadonlyMap<string, Place>, name: string): Place {
  const place = places.get(name);
  if (place === undefined) throw new Error(`${name} was not prepared`);
  return place;
}

async function makeHistory(context: BenchContext, name: string, jobs: number): Promise<Place> {
  context.say(`  filling ${name} with ${jobs.toLocaleString('en')} finished jobs`);
  const place = await context.stores.lastingPlace(name);
  await withContestant(context, settingOf(contestantNamed('kyu'), place), async () => {}); // makes the schema
  await onPostgres(place.postgresUrl, (client) => fillHistory(client, jobs));
  return place;
}

async function sampleAt(context: BenchContext, place: Place): Promise<Sample> {
  const kyu = contestantNamed('kyu');
  const jobs = jobsFor(context.scale, kyu.pace.process);
  await context.stores.calmDown(place);
  return withContestant(context, settingOf(kyu, place), async (child) => {
    await child.process({ jobs: warmUpOf(context, kyu.pace.process), queue: 'empty' });
    const { settledMs, firstStartMs } = await child.process({ jobs, queue: 'empty' });
    return {
      value: (jobs / settledMs) * 1_000,
      details: { jobs, 'first start ms': firstStartMs },
      account: allProcessed(await child.account()),
    };
  });
}
