import type { BackoffOptions, JobDefaultOptions } from './options.js';
import { BACKOFF_FACTOR, BACKOFF_POWER, DELAY, JITTER } from './option-rules.js';
import type { KeysOf, OptionScope } from './option-scope.js';
import {
  BACKOFF_PRESETS,
  DEFAULT_BACKOFF,
  type BackoffFunction,
  type BackoffPolicy,
  type BackoffPreset,
  type GivenBackoff,
} from './retry-policy.js';

const BACKOFF_KEYS: KeysOf<BackoffOptions> = {
  strategy: true,
  base: true,
  factor: true,
  power: true,
  jitter: true,
  min: true,
  max: true,
};

const PRESET_NAMES = Object.keys(BACKOFF_PRESETS) as BackoffPreset[];

/** Reads the key `backoff` of a level of options; `undefined` when it is absent. */
export function readBackoff<Options extends Pick<JobDefaultOptions, 'backoff'>>(
  scope: OptionScope<Options>,
): GivenBackoff | undefined {
  const given = scope.value('backoff');
  if (given === undefined) return undefined;
  // What it answers is checked at every call.
  if (typeof given === 'function') return given as BackoffFunction;
  if (typeof given === 'string') {
    const preset = (scope as OptionScope<object> as OptionScope<JobDefaultOptions>).choice(
      'backoff',
      PRESET_NAMES,
    );
    return preset === undefined ? undefined : BACKOFF_PRESETS[preset];
  }
  const backoff = (scope as OptionScope<object> as OptionScope<JobDefaultOptions>).section(
    'backoff',
    BACKOFF_KEYS,
  ) as OptionScope<BackoffOptions>;
  return withoutAbsent({
    strategy: backoff.choice('strategy', ['exponential', 'polynomial', 'fixed']),
    baseMs: backoff.durationMs('base', DELAY),
    factor: backoff.number('factor', BACKOFF_FACTOR),
    power: backoff.number('power', BACKOFF_POWER),
    jitter: backoff.number('jitter', JITTER),
    minMs: backoff.durationMs('min', DELAY),
    maxMs: backoff.durationMs('max', DELAY),
  });
}

/** A given backoff over the next more general one. Fields that were not named come from there. */
export function overlayBackoff(
  general: BackoffPolicy | BackoffFunction,
  given: GivenBackoff | undefined,
): BackoffPolicy | BackoffFunction {
  if (given === undefined) return general;
  if (typeof given === 'function') return given;
  return { ...(typeof general === 'function' ? DEFAULT_BACKOFF : general), ...given };
}

/** Whether a policy's bounds are the wrong way round. */
export function hasCrossedBounds(backoff: BackoffPolicy | BackoffFunction): backoff is BackoffPolicy {
  return typeof backoff !== 'function' && backoff.minMs > backoff.maxMs;
}

function withoutAbsent(fields: {
  [Field in keyof BackoffPolicy]: BackoffPolicy[Field] | undefined;
}): GivenBackoff {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named);
}
