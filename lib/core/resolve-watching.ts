import type { CarryFunction } from './carried-context.js';
import type { ConfigProblem } from './errors.js';
import type { KyuNotifier } from './ports/notifier.js';
import { TELEMETRY_METHODS, type KyuTelemetry } from './ports/telemetry.js';
import { describeValue } from './redact.js';
import { readNotifiers } from './resolve-notifiers.js';

/** What is given to an instance so that its work can be followed. */
export interface WatchingGiven {
  readonly notifiers?: unknown;
  readonly carry?: unknown;
  readonly telemetry?: unknown;
}

/** The same, checked. */
export interface ResolvedWatching {
  readonly notifiers: readonly KyuNotifier[];
  readonly carry: CarryFunction | undefined;
  readonly telemetry: KyuTelemetry | undefined;
}

/** What is wrong is written down and reads as absent. */
export function resolveWatching(problems: ConfigProblem[], given: WatchingGiven): ResolvedWatching {
  return {
    notifiers: readNotifiers(problems, given.notifiers),
    carry: readCarry(problems, given.carry),
    telemetry: readTelemetry(problems, given.telemetry),
  };
}

function readCarry(problems: ConfigProblem[], carry: unknown): CarryFunction | undefined {
  if (carry === undefined || typeof carry === 'function') return carry as CarryFunction | undefined;
  const allowed = 'a function that answers a flat record of texts, or undefined';
  problems.push({ field: 'carry', value: describeValue(carry), allowed });
  return undefined;
}

function readTelemetry(problems: ConfigProblem[], telemetry: unknown): KyuTelemetry | undefined {
  if (telemetry === undefined || isTelemetry(telemetry)) return telemetry;
  const allowed = "kyuOpenTelemetry() of 'nestjs-kyu/otel'";
  problems.push({ field: 'telemetry', value: describeValue(telemetry), allowed });
  return undefined;
}

function isTelemetry(value: unknown): value is KyuTelemetry {
  if (typeof value !== 'object' || value === null) return false;
  const methods = value as Record<string, unknown>;
  return Object.keys(TELEMETRY_METHODS).every((name) => typeof methods[name] === 'function');
}
