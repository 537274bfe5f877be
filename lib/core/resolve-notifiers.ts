import type { ConfigProblem } from './errors.js';
import { JOB_EVENT_NAMES } from './job-events.js';
import { nearestName } from './near-miss.js';
import type { KyuNotifier } from './ports/notifier.js';
import { describeValue } from './redact.js';

const MOST_PER_MINUTE = 1_000;

/** The notifiers of an instance; what is wrong with one is written down and never shows what may be a secret. */
export function readNotifiers(problems: ConfigProblem[], value: unknown): readonly KyuNotifier[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push({ field: 'notifiers', value: describeKind(value), allowed: 'a list of notifiers' });
    return [];
  }
  return value.filter((notifier, index) => isUsable(problems, `notifiers[${index}]`, notifier));
}

function isUsable(problems: ConfigProblem[], field: string, notifier: unknown): notifier is KyuNotifier {
  const before = problems.length;
  if (!hasNameAndDeliver(notifier)) {
    const allowed = 'slack(), discord(), telegram(), webhook(), or an object with name and deliver()';
    problems.push({ field, value: describeKind(notifier), allowed });
    return false;
  }
  refuseUnusableEvents(problems, `${field}.on`, notifier.on);
  refuseUnusableRest(problems, field, notifier);
  return problems.length === before;
}

function hasNameAndDeliver(value: unknown): value is Partial<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const { name, deliver } = value as Partial<Record<string, unknown>>;
  return typeof name === 'string' && name !== '' && typeof deliver === 'function';
}

function refuseUnusableEvents(problems: ConfigProblem[], field: string, on: unknown): void {
  if (on === undefined) return;
  const names: readonly string[] = JOB_EVENT_NAMES;
  const allowed = `a list of ${names.join(', ')}`;
  if (!Array.isArray(on)) {
    problems.push({ field, value: describeValue(on), allowed });
    return;
  }
  for (const event of on) {
    if (names.includes(event as string)) continue;
    const suggestion = typeof event === 'string' ? nearestName(event, names) : undefined;
    problems.push({ field, value: describeValue(event), allowed, suggestion });
  }
}

function refuseUnusableRest(
  problems: ConfigProblem[],
  field: string,
  { types, format, perMinute }: Partial<Record<string, unknown>>,
): void {
  const isList = Array.isArray(types) && types.every((type) => typeof type === 'string');
  if (types !== undefined && !isList) {
    problems.push({ field: `${field}.types`, value: describeValue(types), allowed: 'a list of job types' });
  }
  if (format !== undefined && typeof format !== 'function') {
    const allowed = 'a function of the event that answers a text';
    problems.push({ field: `${field}.format`, value: describeValue(format), allowed });
  }
  const isCount =
    Number.isInteger(perMinute) && Number(perMinute) >= 1 && Number(perMinute) <= MOST_PER_MINUTE;
  if (perMinute !== undefined && !isCount) {
    const allowed = `a whole number from 1 to ${MOST_PER_MINUTE}`;
    problems.push({ field: `${field}.perMinute`, value: describeValue(perMinute), allowed });
  }
}

function describeKind(value: unknown): string {
  if (value === null || typeof value !== 'object') return describeValue(value);
  return Array.isArray(value) ? 'a list' : 'an object without name or deliver()';
}
