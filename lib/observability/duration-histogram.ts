import { BUCKETS_SECONDS } from './metric-catalogue.js';
import type { Sample } from './snapshot-metric.js';

const BOUNDS_MS = Float64Array.from(BUCKETS_SECONDS, (seconds) => seconds * 1_000);
const BOUND_COUNT = BOUNDS_MS.length;
const BOUND_LABELS = BUCKETS_SECONDS.map(String);

/** Counts durations by bucket with plain arithmetic: no allocation and no text per observation. */
export class DurationHistogram {
  /** Not cumulative; the last one is for what lies above every bound. */
  private readonly counts = new Float64Array(BOUND_COUNT + 1);
  private sumMs = 0;

  observe(durationMs: number): void {
    // Also turns NaN into 0: one unreadable figure must not poison the sum for ever.
    const duration = durationMs > 0 ? durationMs : 0;
    let bucket = 0;
    while (bucket < BOUND_COUNT && duration > BOUNDS_MS[bucket]!) bucket += 1; // the index is checked beside it
    this.counts[bucket]! += 1; // one more bucket than bounds
    this.sumMs += duration;
  }

  /** The cumulative form that Prometheus asks for, in seconds. */
  samples(family: string, labels: Readonly<Record<string, string>>): Sample[] {
    let count = 0;
    const samples: Sample[] = [];
    for (const [bucket, inBucket] of this.counts.entries()) {
      count += inBucket;
      const le = BOUND_LABELS[bucket] ?? '+Inf';
      samples.push({ metricName: `${family}_bucket`, labels: { ...labels, le }, value: count });
    }
    samples.push({ metricName: `${family}_sum`, labels, value: this.sumMs / 1_000 });
    samples.push({ metricName: `${family}_count`, labels, value: count });
    return samples;
  }
}
