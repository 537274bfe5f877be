import { OPTION_DEFAULTS } from './option-defaults.js';
import type { KyuOptions, ResolvedOptions, WorkerScaling, WorkerScalingOptions } from './options.js';
import { PERIOD, SCALING_THRESHOLD, TIME_LIMIT, WORKERS } from './option-rules.js';
import type { KeysOf, OptionScope } from './option-scope.js';

const SCALING_KEYS: KeysOf<WorkerScalingOptions> = {
  min: true,
  max: true,
  threshold: true,
  idleTimeout: true,
  checkInterval: true,
};

/** What a pool that follows its work does where nothing else is said; `docs/options.md` is checked against it. */
export const SCALING_DEFAULTS = {
  min: 2,
  threshold: 2,
  idleTimeoutMs: 30_000,
  checkIntervalMs: 5_000,
} as const satisfies Partial<WorkerScaling>;

/** Reads the key `workers`: a number, or the bounds of a pool that follows its work. */
export function readWorkers(scope: OptionScope<KyuOptions>): Pick<ResolvedOptions, 'workers' | 'scaling'> {
  const given = scope.value('workers');
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { workers: scope.wholeNumber('workers', WORKERS) ?? OPTION_DEFAULTS.workers, scaling: null };
  }
  const scaling = readScaling(
    (scope as OptionScope<object> as OptionScope<{ workers: WorkerScalingOptions }>).section(
      'workers',
      SCALING_KEYS,
    ),
  );
  return { workers: scaling.max, scaling };
}

function readScaling(scope: OptionScope<WorkerScalingOptions>): WorkerScaling {
  if (scope.value('max') === undefined) scope.refuse('max', 'the most runs at once, a whole number');
  const max = scope.wholeNumber('max', WORKERS) ?? WORKERS.most;
  const min = scope.wholeNumber('min', WORKERS) ?? Math.min(max, SCALING_DEFAULTS.min);
  if (min > max) scope.refuse('min', `at most workers.max, which is ${max}`);
  return {
    min,
    max,
    threshold: scope.number('threshold', SCALING_THRESHOLD) ?? SCALING_DEFAULTS.threshold,
    idleTimeoutMs: scope.durationMs('idleTimeout', TIME_LIMIT) ?? SCALING_DEFAULTS.idleTimeoutMs,
    checkIntervalMs: scope.durationMs('checkInterval', PERIOD) ?? SCALING_DEFAULTS.checkIntervalMs,
  };
}
