import { formatDuration } from './duration.js';
import { KyuConfigError, type ConfigProblem } from './errors.js';
import { isName, NAME_RULE } from './names.js';
import type {
  HandlerOptions,
  JobDefaultOptions,
  ResolvedHandlerSettings,
  ResolvedOptions,
} from './options.js';
import { ATTEMPTS, RETRIES, TIME_LIMIT, WORKERS } from './option-rules.js';
import { OptionScope, type KeysOf } from './option-scope.js';
import { describeValue } from './redact.js';
import { hasCrossedBounds, overlayBackoff, readBackoff, type GivenBackoff } from './resolve-backoff.js';

/** What one level of options says about a job type; `undefined` where it says nothing. */
export interface GivenSettings {
  readonly queue?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly maxRetries: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly backoff: GivenBackoff | undefined;
}

/** The keys of `defaults`. */
export const JOB_DEFAULT_KEYS: KeysOf<JobDefaultOptions> = {
  maxRetries: true,
  maxAttempts: true,
  timeout: true,
  backoff: true,
};

const HANDLER_KEYS: KeysOf<HandlerOptions> = { ...JOB_DEFAULT_KEYS, queue: true, concurrency: true };

/** What a handler can say, for decorators that say more. */
export const HANDLER_OPTION_KEYS: readonly string[] = Object.keys(HANDLER_KEYS);

/**
 * The settings of one job type: what `handlers` in the options says, else the decorator, else the defaults.
 * A backoff object is merged field by field. `extraKeys` are keys of the decorator that somebody else reads.
 * @throws KyuConfigError that names the handler
 */
export function resolveHandlerSettings(
  options: ResolvedOptions,
  type: string,
  decorator: HandlerOptions,
  extraKeys: readonly string[] = [],
): ResolvedHandlerSettings {
  const problems: ConfigProblem[] = [];
  if (!isName(type)) problems.push({ field: 'name', value: describeValue(type), allowed: NAME_RULE });
  const fromDecorator = readHandlerOptions(problems, '', decorator, extraKeys);
  const fromOptions = readHandlerOptions(problems, `handlers.${type}`, options.handlers.get(type));
  const settings = overlay(overlay(generalSettings(options), fromDecorator), fromOptions);
  if (problems.length === 0) refuseCrossedBounds(problems, settings);
  if (problems.length > 0) throw new KyuConfigError(problems, `@JobHandler(${describeValue(type)})`);
  return settings;
}

/** Reads and checks one level of options about a job type. */
export function readHandlerOptions(
  problems: ConfigProblem[],
  path: string,
  given: unknown,
  extraKeys: readonly string[] = [],
): GivenSettings {
  const scope = new OptionScope<HandlerOptions>(problems, path, given, [
    ...Object.keys(HANDLER_KEYS),
    ...extraKeys,
  ]);
  return {
    ...readJobDefaults(scope),
    queue: scope.text('queue', isName, NAME_RULE),
    concurrency: scope.wholeNumber('concurrency', WORKERS),
  };
}

/** Reads and checks what `defaults` and every handler have in common. */
export function readJobDefaults<Options extends JobDefaultOptions>(
  scope: OptionScope<Options>,
): GivenSettings {
  return {
    maxRetries: readMaxRetries(scope),
    timeoutMs: scope.durationMs('timeout', TIME_LIMIT),
    backoff: readBackoff(scope),
  };
}

function readMaxRetries<Options extends JobDefaultOptions>(scope: OptionScope<Options>): number | undefined {
  const maxRetries = scope.wholeNumber('maxRetries', RETRIES);
  const maxAttempts = scope.wholeNumber('maxAttempts', ATTEMPTS);
  if (maxAttempts === undefined) return maxRetries;
  if (maxRetries !== undefined && maxRetries !== maxAttempts - 1) {
    scope.refuse('maxAttempts', `maxRetries + 1, which is ${maxRetries + 1}, or only one of the two`);
  }
  return maxAttempts - 1;
}

function generalSettings(options: ResolvedOptions): ResolvedHandlerSettings {
  return {
    queue: options.queueName,
    concurrency: options.workers,
    maxRetries: options.maxRetries,
    timeoutMs: options.timeoutMs,
    backoff: options.backoff,
  };
}

function overlay(general: ResolvedHandlerSettings, given: GivenSettings): ResolvedHandlerSettings {
  return {
    queue: given.queue ?? general.queue,
    concurrency: given.concurrency ?? general.concurrency,
    maxRetries: given.maxRetries ?? general.maxRetries,
    timeoutMs: given.timeoutMs ?? general.timeoutMs,
    backoff: overlayBackoff(general.backoff, given.backoff),
  };
}

/** The bounds may come from two levels, so only the outcome shows whether they fit. */
function refuseCrossedBounds(problems: ConfigProblem[], settings: ResolvedHandlerSettings): void {
  if (!hasCrossedBounds(settings.backoff)) return;
  const { minMs, maxMs } = settings.backoff;
  problems.push({
    field: 'backoff.min',
    value: formatDuration(minMs),
    allowed: `at most backoff.max, which is ${formatDuration(maxMs)}`,
  });
}
