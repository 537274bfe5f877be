import type { ConfigProblem } from './errors.js';
import { isName, NAME_RULE } from './names.js';
import { KEEP_TIME, PERIOD, RETENTION_BATCH } from './option-rules.js';
import { describeDurationRule, OptionScope, type KeysOf } from './option-scope.js';
import {
  RETAINED_STATUSES,
  type ResolvedRetention,
  type ResolvedRetentionRule,
  type RetainedStatus,
  type RetentionByStatus,
  type RetentionOptions,
  type RetentionRule,
} from './retention-options.js';

const STATUS_KEYS: KeysOf<RetentionByStatus> = { completed: true, dead: true, cancelled: true };
const RETENTION_KEYS: KeysOf<RetentionOptions> = {
  ...STATUS_KEYS,
  types: true,
  batchSize: true,
  every: true,
};
const RULE_KEYS: KeysOf<RetentionRule> = { keepFor: true, then: true };

/** What one setting comes to; `'keep'` is a rule as well, because it excepts a type from a general one. */
type Verdict = Pick<ResolvedRetentionRule, 'keepForMs' | 'action'> | 'keep';

/** The settings of one level as objects, so that the rule among them can be read as a level below. */
type Rules = Partial<Record<RetainedStatus, RetentionRule>>;

/** Everything that is read of the options, before it is put in order. */
interface Reading {
  readonly type: string | null;
  readonly status: RetainedStatus;
  readonly verdict: Verdict;
}

/** Retention with every default applied; what is wrong in it is written down among the problems. */
export function readRetention(
  given: unknown,
  problems: ConfigProblem[],
  defaults: ResolvedRetention,
): ResolvedRetention {
  const scope = new OptionScope<RetentionOptions>(problems, 'retention', given, Object.keys(RETENTION_KEYS));
  const levels = new OptionScope<Rules>(problems, 'retention', isObject(given) ? given : undefined, []);
  const readings = readLevel(null, levels);
  for (const { name, path, value } of scope.entries('types')) {
    if (!isName(name))
      problems.push({ field: path, value: 'a name that no job type can have', allowed: NAME_RULE });
    readings.push(...readLevel(name, new OptionScope(problems, path, value, Object.keys(STATUS_KEYS))));
  }
  return {
    rules: rulesOf(readings),
    batchSize: scope.wholeNumber('batchSize', RETENTION_BATCH) ?? defaults.batchSize,
    everyMs: scope.durationMs('every', PERIOD) ?? defaults.everyMs,
  };
}

function readLevel(type: string | null, level: OptionScope<Rules>): Reading[] {
  return RETAINED_STATUSES.flatMap((status) => {
    const verdict = readVerdict(level, status);
    return verdict === undefined ? [] : [{ type, status, verdict }];
  });
}

function readVerdict(level: OptionScope<Rules>, status: RetainedStatus): Verdict | undefined {
  const given = level.value(status);
  if (given === undefined || given === 'keep') return given;
  if (isObject(given)) return readRule(level.section(status, RULE_KEYS));
  if (typeof given !== 'string' && typeof given !== 'number') {
    return level.refuse(status, `${describeDurationRule(KEEP_TIME)}, 'keep', or { keepFor, then }`);
  }
  const keepForMs = level.durationMs(status, KEEP_TIME);
  return keepForMs === undefined ? undefined : { keepForMs, action: 'delete' };
}

function readRule(rule: OptionScope<RetentionRule>): Verdict | undefined {
  const keepForMs = rule.durationMs('keepFor', KEEP_TIME);
  const action = rule.choice('then', ['delete', 'archive']) ?? 'delete';
  if (keepForMs !== undefined) return { keepForMs, action };
  // One that was given and is wrong has been refused already.
  if (rule.value('keepFor') === undefined) rule.refuse('keepFor', describeDurationRule(KEEP_TIME));
  return undefined;
}

function rulesOf(readings: readonly Reading[]): ResolvedRetentionRule[] {
  return readings.flatMap(({ type, status, verdict }) => {
    if (verdict === 'keep') return [];
    const onlyTypes = type === null ? null : [type];
    return [{ status, ...verdict, onlyTypes, exceptTypes: type === null ? ownTypes(readings, status) : [] }];
  });
}

/** The types that say something about a status themselves. */
function ownTypes(readings: readonly Reading[], status: RetainedStatus): string[] {
  return readings.flatMap((reading) =>
    reading.type !== null && reading.status === status ? [reading.type] : [],
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
