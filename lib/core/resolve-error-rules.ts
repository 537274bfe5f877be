import type { GivenErrorRule } from './error-rules.js';
import type { ConfigProblem } from './errors.js';
import type { ErrorRuleOptions, JobDefaultOptions } from './options.js';
import { RETRIES } from './option-rules.js';
import { OptionScope, type KeysOf } from './option-scope.js';
import { readBackoff } from './resolve-backoff.js';

const RULE_KEYS: KeysOf<ErrorRuleOptions> = { error: true, discard: true, maxRetries: true, backoff: true };

/** Reads the key `errors` of a level of options; `undefined` when it is absent. */
export function readErrorRules<Options extends JobDefaultOptions>(
  problems: ConfigProblem[],
  scope: OptionScope<Options>,
): readonly GivenErrorRule[] | undefined {
  const given = scope.value('errors');
  if (given === undefined) return undefined;
  if (Array.isArray(given)) {
    return given.map((rule, index) => readRule(problems, scope.pathOf(`errors[${index}]`), rule));
  }
  scope.refuse('errors', 'a list of rules such as { error: HttpError, maxRetries: 1 }');
  return undefined;
}

function readRule(problems: ConfigProblem[], path: string, given: unknown): GivenErrorRule {
  const scope = new OptionScope<ErrorRuleOptions>(problems, path, given, Object.keys(RULE_KEYS));
  return {
    error: readKind(scope),
    discard: scope.flag('discard') ?? false,
    maxRetries: scope.wholeNumber('maxRetries', RETRIES),
    backoff: readBackoff(scope),
  };
}

function readKind(scope: OptionScope<ErrorRuleOptions>): GivenErrorRule['error'] {
  const kind = scope.value('error');
  if (typeof kind === 'function')
    return kind as Extract<GivenErrorRule['error'], (...values: never[]) => unknown>;
  if (typeof kind === 'string' && kind !== '') return kind;
  scope.refuse('error', 'a class of errors, or the name of one');
  return '';
}
