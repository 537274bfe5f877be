import { formatDuration, parseDuration } from './duration.js';
import type { ConfigProblem } from './errors.js';
import { nearestName } from './near-miss.js';
import type { DurationRule, NumberRule } from './option-rules.js';
import { describeValue } from './redact.js';

/** Every key of an options type; the compiler sees to it that none is missing. */
export type KeysOf<Options> = Readonly<Record<keyof Options & string, true>>;

/**
 * One level of the options, read key by key. What is wrong is written down with its full path and reads as absent,
 * so that one look at the options finds every mistake.
 */
export class OptionScope<Options extends object> {
  private readonly given: Partial<Record<string, unknown>>;

  /** Complains at once about a value that is no object, and about unknown keys; without `knownKeys` any key will do. */
  constructor(
    private readonly problems: ConfigProblem[],
    private readonly path: string,
    given: unknown,
    knownKeys: readonly string[],
  ) {
    this.given = this.objectOrNothing(given);
    this.refuseUnknownKeys(knownKeys);
  }

  /** The value as it was given. */
  value(key: keyof Options & string): unknown {
    return this.given[key];
  }

  /** A level below; an empty one when it is absent. */
  section<Key extends keyof Options & string>(
    key: Key,
    keys: KeysOf<NonNullable<Options[Key]>>,
  ): OptionScope<NonNullable<Options[Key]>> {
    return new OptionScope(this.problems, this.pathOf(key), this.given[key], Object.keys(keys));
  }

  /** A level below whose keys are names of the user's own, each with its value. */
  entries(key: keyof Options & string): { name: string; path: string; value: unknown }[] {
    const level = new OptionScope<Record<string, unknown>>(
      this.problems,
      this.pathOf(key),
      this.given[key],
      [],
    );
    return Object.entries(level.given).map(([name, value]) => ({ name, path: level.pathOf(name), value }));
  }

  /** A whole number; decimal digits as text are one as well, because environment variables are text. */
  wholeNumber(key: keyof Options & string, rule: NumberRule): number | undefined {
    const value = this.given[key];
    const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (number === undefined) return undefined;
    if (Number.isInteger(number) && isWithin(number, rule)) return number + 0;
    return this.refuse(key, `a whole number from ${rule.least} to ${rule.most}`);
  }

  number(key: keyof Options & string, rule: NumberRule): number | undefined {
    const value = this.given[key];
    if (value === undefined || isWithin(value, rule)) return value;
    return this.refuse(key, `a number from ${rule.least} to ${rule.most}`);
  }

  durationMs(key: keyof Options & string, rule: DurationRule): number | undefined {
    const value = this.given[key];
    if (value === undefined) return undefined;
    const milliseconds = parseDuration(value);
    if (isWithin(milliseconds, { least: rule.leastMs, most: rule.mostMs })) return milliseconds;
    return this.refuse(key, describeDurationRule(rule));
  }

  flag(key: keyof Options & string): boolean | undefined {
    const value = this.given[key];
    if (value === undefined || typeof value === 'boolean') return value;
    return this.refuse(key, 'true or false');
  }

  choice<Choice extends string>(key: keyof Options & string, choices: readonly Choice[]): Choice | undefined {
    const value = this.given[key];
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const suggestion = typeof value === 'string' ? nearestName(value, choices) : undefined;
    return this.refuse(key, choices.map((choice) => `'${choice}'`).join(' or '), suggestion);
  }

  /** Text that a test accepts; `rule` says in words what it accepts. */
  text(
    key: keyof Options & string,
    accepts: (value: unknown) => value is string,
    rule: string,
  ): string | undefined {
    const value = this.given[key];
    if (value === undefined || accepts(value)) return value;
    return this.refuse(key, rule);
  }

  /** Writes a problem with one key down; answers nothing, which is what a refused value reads as. */
  refuse(key: keyof Options & string, allowed: string, suggestion?: string): undefined {
    this.problems.push({
      field: this.pathOf(key),
      value: describeValue(this.given[key]),
      allowed,
      suggestion,
    });
  }

  /** Writes a problem down whose value is described already. */
  refuseAs(key: keyof Options & string, value: string, allowed: string): void {
    this.problems.push({ field: this.pathOf(key), value, allowed });
  }

  private objectOrNothing(given: unknown): Partial<Record<string, unknown>> {
    if (given === undefined) return {};
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
    this.problems.push({
      field: this.path === '' ? 'options' : this.path,
      value: describeValue(given),
      allowed: 'an object',
    });
    return {};
  }

  private refuseUnknownKeys(knownKeys: readonly string[]): void {
    if (knownKeys.length === 0) return;
    for (const key of Object.keys(this.given)) {
      if (knownKeys.includes(key)) continue;
      this.problems.push({
        field: this.pathOf(key),
        // Its value may be a secret under a misspelt name, so it is not shown.
        value: 'an option that does not exist',
        allowed: knownKeys.join(', '),
        suggestion: nearestName(key, knownKeys),
      });
    }
  }

  /** Where a key of this level is, for people. */
  pathOf(key: string): string {
    const name = /^[\w$.:*[\]-]{1,160}$/.test(key) ? key : `[${describeValue(key)}]`;
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

/** What a duration may be, in words. */
export function describeDurationRule(rule: DurationRule): string {
  const range = `from ${formatDuration(rule.leastMs)} to ${formatDuration(rule.mostMs)}`;
  return `a duration ${range}, as ms or as text such as '30s'`;
}

function isWithin(value: unknown, rule: NumberRule): value is number {
  return typeof value === 'number' && value >= rule.least && value <= rule.most;
}
