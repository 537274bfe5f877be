import { formatDuration } from './duration.js';
import type { ErrorRule, GivenErrorRule } from './error-rules.js';
import { KyuConfigError, type ConfigProblem } from './errors.js';
import type { GivenSettings } from './given-settings.js';
import { isName, NAME_RULE } from './names.js';
import { bestMatch, isTypeOrPattern, TYPE_OR_PATTERN_RULE } from './type-pattern.js';
import { readErrorRules } from './resolve-error-rules.js';
import type {
  HandlerOptions,
  JobDefaultOptions,
  ResolvedHandlerSettings,
  ResolvedOptions,
} from './options.js';
import { ATTEMPTS, RETRIES, TIME_LIMIT, WORKERS } from './option-rules.js';
import { OptionScope, type KeysOf } from './option-scope.js';
import { describeValue } from './redact.js';
import { hasCrossedBounds, overlayBackoff, readBackoff } from './resolve-backoff.js';

/** The keys of `defaults`. */
export const JOB_DEFAULT_KEYS: KeysOf<JobDefaultOptions> = {
  maxRetries: true,
  maxAttempts: true,
  timeout: true,
  backoff: true,
  errors: true,
};

const HANDLER_KEYS: KeysOf<HandlerOptions> = { ...JOB_DEFAULT_KEYS, queue: true, concurrency: true };

/** What a handler can say, for decorators that say more. */
export const HANDLER_OPTION_KEYS: readonly string[] = Object.keys(HANDLER_KEYS);

/**
 * The settings of one job type, or of all under a pattern: what `handlers` in the options says, else the decorator,
 * else the defaults of its queue, else those of the instance. A backoff object is merged field by field; rules for
 * errors are asked in the same order, level by level.
 * `extraKeys` are keys of the decorator that somebody else reads. With `inQueue` they are those of a job that was put
 * into another queue.
 * @throws KyuConfigError that names the handler
 */
export function resolveHandlerSettings(
  options: ResolvedOptions,
  type: string,
  decorator: HandlerOptions,
  extraKeys: readonly string[] = [],
  inQueue?: string,
): ResolvedHandlerSettings {
  const problems: ConfigProblem[] = [];
  if (!isTypeOrPattern(type)) {
    problems.push({ field: 'name', value: describeValue(type), allowed: TYPE_OR_PATTERN_RULE });
  }
  const fromDecorator = readHandlerOptions(problems, '', decorator, extraKeys);
  const fromOptions = readHandlerOptions(problems, `handlers.${type}`, bestMatch(options.handlers, type));
  const queue = inQueue ?? fromOptions.queue ?? fromDecorator.queue ?? options.queueName;
  const given = [options.queueDefaults.get(queue), fromDecorator, fromOptions, { queue }];
  const settings = given.reduce<LayeredSettings>(overlay, generalSettings(options));
  if (problems.length === 0) refuseCrossedBounds(problems, settings);
  if (problems.length > 0) throw new KyuConfigError(problems, `@JobHandler(${describeValue(type)})`);
  return { ...settings, errors: settings.errors.map((rule) => ruleOver(settings.backoff, rule)) };
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
    ...readJobDefaults(problems, scope),
    queue: scope.text('queue', isName, NAME_RULE),
    concurrency: scope.wholeNumber('concurrency', WORKERS),
  };
}

/** Reads and checks what `defaults` and every handler have in common. */
export function readJobDefaults<Options extends JobDefaultOptions>(
  problems: ConfigProblem[],
  scope: OptionScope<Options>,
): GivenSettings {
  return {
    maxRetries: readMaxRetries(scope),
    timeoutMs: scope.durationMs('timeout', TIME_LIMIT),
    backoff: readBackoff(scope),
    errors: readErrorRules(problems, scope),
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

/** What has been laid over each other so far; the backoff of a rule may still be a part of one. */
type LayeredSettings = Omit<ResolvedHandlerSettings, 'errors'> & {
  readonly errors: readonly GivenErrorRule[];
};

function generalSettings(options: ResolvedOptions): LayeredSettings {
  return {
    queue: options.queueName,
    concurrency: options.workers,
    maxRetries: options.maxRetries,
    timeoutMs: options.timeoutMs,
    backoff: options.backoff,
    errors: options.errors,
  };
}

function overlay(general: LayeredSettings, given: Partial<GivenSettings> | undefined): LayeredSettings {
  if (given === undefined) return general;
  return {
    queue: given.queue ?? general.queue,
    concurrency: given.concurrency ?? general.concurrency,
    maxRetries: given.maxRetries ?? general.maxRetries,
    timeoutMs: given.timeoutMs ?? general.timeoutMs,
    backoff: overlayBackoff(general.backoff, given.backoff),
    errors: given.errors === undefined ? general.errors : [...given.errors, ...general.errors],
  };
}

function ruleOver(backoff: ResolvedHandlerSettings['backoff'], rule: GivenErrorRule): ErrorRule {
  return {
    ...rule,
    backoff: rule.backoff === undefined ? undefined : overlayBackoff(backoff, rule.backoff),
  };
}

/** The bounds may come from two levels, so only the outcome shows whether they fit. */
function refuseCrossedBounds(problems: ConfigProblem[], settings: LayeredSettings): void {
  if (!hasCrossedBounds(settings.backoff)) return;
  const { minMs, maxMs } = settings.backoff;
  problems.push({
    field: 'backoff.min',
    value: formatDuration(minMs),
    allowed: `at most backoff.max, which is ${formatDuration(maxMs)}`,
  });
}
