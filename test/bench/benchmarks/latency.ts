import { percentile } from '../figures/statistics.js';
import { allProcessed } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Account, Benchmark, Sample } from '../harness/benchmark.js';
import type { ContestantEntry } from '../harness/catalogue.js';
import { entrantsOf } from './throughput.js';

/** An idle system: from `enqueue` in one process to the handler in another. */
export function latencyBenchmark(context: BenchContext): Benchmark {
  const more = context.scale.form === 'quick' ? [] : OTHERS;
  return {
    name: 'latency',
    title: 'Idle: from enqueue to start, in another process (p50 of a sample)',
    unit: 'ms',
    better: 'lower',
    entrants: entrantsOf(context, ['kyu', 'bullmq', 'bullmq-durable', ...more], (entry) =>
      sampleApart(context, entry),
    ),
  };
}

const OTHERS = ['kyu-postgres', 'bullmq-postgres', 'graphile-worker', 'pg-boss-notify'];

/** The same within one process. */
export function localLatencyBenchmark(context: BenchContext): Benchmark {
  return {
    name: 'latency-local',
    title: 'Idle: from enqueue to start, in the same process (p50 of a sample)',
    unit: 'ms',
    better: 'lower',
    entrants: entrantsOf(context, ['kyu', 'bullmq'], (entry) => sampleTogether(context, entry)),
  };
}

async function sampleApart(context: BenchContext, entry: ContestantEntry): Promise<Sample> {
  const { latencyJobs: jobs, latencyPauseMs: pauseMs } = context.scale;
  const place = await context.stores.freshPlace(entry.place);
  return withContestant(context, settingOf(entry, place), (worker) =>
    withContestant(context, settingOf(entry, place, { role: 'producer' }), async (producer) => {
      await worker.listen(jobs);
      await producer.send({ jobs, pauseMs });
      const { latencies } = await worker.heard();
      return sampleOf(latencies, allProcessed(await worker.account(), await producer.account()));
    }),
  );
}

async function sampleTogether(context: BenchContext, entry: ContestantEntry): Promise<Sample> {
  const { latencyJobs: jobs, latencyPauseMs: pauseMs } = context.scale;
  const place = await context.stores.freshPlace(entry.place);
  return withContestant(context, settingOf(entry, place), async (child) => {
    await child.listen(jobs);
    await child.send({ jobs, pauseMs });
    const { latencies } = await child.heard();
    return sampleOf(latencies, allProcessed(await child.account()));
  });
}

function sampleOf(latencies: readonly number[], account: Account): Sample {
  const p50 = percentile(latencies, 50);
  const details = { p50, p99: percentile(latencies, 99), max: Math.max(...latencies) };
  return { value: p50, details, series: latencies, account };
}
