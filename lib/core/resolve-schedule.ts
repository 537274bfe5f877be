import { complaintAbout, isTimezone } from './cron-expression.js';
import { InvalidJobError, KyuPayloadError, type ConfigProblem } from './errors.js';
import { jobTypeOf, type JobReference } from './job-definition.js';
import { isName, NAME_RULE } from './names.js';
import { OptionScope, type KeysOf } from './option-scope.js';
import { TICK_SPAN } from './option-rules.js';
import { encodePayload } from './payload.js';
import { applySchema } from './payload-schema.js';
import type { JobDefaults } from './ports/handler-table.js';
import { describeValue } from './redact.js';
import { resolveEnqueueOptions } from './resolve-enqueue-options.js';
import {
  MISSED_POLICIES,
  OVERLAP_POLICIES,
  type ScheduleDefinition,
  type ScheduledJobOptions,
  type ScheduleInput,
  type ScheduleSource,
} from './schedule.js';

/** What a schedule is read with. */
export interface ScheduleReading {
  readonly defaultsFor: (reference: JobReference) => JobDefaults;
  readonly payloadLimitBytes: number;
  /** The names that a priority may have. */
  readonly priorities: ReadonlyMap<string, number>;
  /** Only for the question whether an expression ever comes. */
  readonly nowMs: number;
}

/** What holds for a schedule that does not say otherwise. */
export const SCHEDULE_DEFAULTS = {
  timezone: 'UTC',
  missed: 'once',
  missedWindowMs: 3_600_000,
  overlap: 'allow',
  jitterMs: 0,
} as const;

/** How often a provider is asked that does not say otherwise. */
export const DEFAULT_SYNC_MS = 180_000;

const JOB_OPTION_KEYS: KeysOf<ScheduledJobOptions> = {
  priority: true,
  maxRetries: true,
  maxAttempts: true,
  timeout: true,
  tags: true,
};

const SCHEDULE_KEYS: KeysOf<ScheduleInput> = {
  ...JOB_OPTION_KEYS,
  name: true,
  cron: true,
  type: true,
  payload: true,
  queue: true,
  timezone: true,
  missed: true,
  missedWindow: true,
  overlap: true,
  jitter: true,
};

const CRON_RULE =
  "five fields (minute, hour, day, month, weekday), or six with the seconds first, such as '0 7 * * 1-5'";

/**
 * A schedule with every default applied; what is wrong is written down, each thing with its path.
 * @returns `undefined` when something is wrong
 */
export async function readSchedule(
  given: unknown,
  source: ScheduleSource,
  reading: ScheduleReading,
  problems: ConfigProblem[],
  path = '',
): Promise<ScheduleDefinition | undefined> {
  const found: ConfigProblem[] = [];
  const scope = new OptionScope<ScheduleInput>(found, path, given, Object.keys(SCHEDULE_KEYS));
  const reference = readReference(scope);
  const timezone = scope.text('timezone', isTimezone, "the IANA name of a zone, such as 'Europe/Berlin'");
  const ticks = {
    name: required(scope, 'name', scope.text('name', isName, NAME_RULE), NAME_RULE),
    cron: readCron(scope, timezone ?? SCHEDULE_DEFAULTS.timezone, reading.nowMs),
    timezone: timezone ?? SCHEDULE_DEFAULTS.timezone,
    missed: scope.choice('missed', MISSED_POLICIES) ?? SCHEDULE_DEFAULTS.missed,
    missedWindowMs: scope.durationMs('missedWindow', TICK_SPAN) ?? SCHEDULE_DEFAULTS.missedWindowMs,
    overlap: scope.choice('overlap', OVERLAP_POLICIES) ?? SCHEDULE_DEFAULTS.overlap,
    jitterMs: scope.durationMs('jitter', TICK_SPAN) ?? SCHEDULE_DEFAULTS.jitterMs,
  };
  const job = reference === undefined ? undefined : await readJob(scope, reference, reading);
  problems.push(...found);
  return found.length > 0 || job === undefined ? undefined : { ...ticks, ...job, source };
}

type Scope = OptionScope<ScheduleInput>;

function readReference(scope: Scope): JobReference | undefined {
  const given = scope.value('type');
  const isToken = typeof given === 'object' && given !== null && 'type' in given;
  if (isName(isToken ? given.type : given)) return given as JobReference;
  scope.refuse('type', `a token of defineJob, or a name: ${NAME_RULE}`);
  return undefined;
}

function readCron(scope: Scope, timezone: string, nowMs: number): string {
  const cron = scope.value('cron');
  if (typeof cron !== 'string') {
    scope.refuse('cron', CRON_RULE);
    return '';
  }
  const complaint = complaintAbout(cron, timezone, nowMs);
  if (complaint !== undefined) scope.refuseAs('cron', `${describeValue(cron)} (${complaint})`, CRON_RULE);
  return cron;
}

function required(scope: Scope, key: 'name', value: string | undefined, rule: string): string {
  if (value === undefined && scope.value(key) === undefined) scope.refuse(key, rule);
  return value ?? '';
}

async function readJob(
  scope: Scope,
  reference: JobReference,
  { defaultsFor, payloadLimitBytes, priorities }: ScheduleReading,
): Promise<Pick<ScheduleDefinition, 'type' | 'queue' | 'payload' | 'options'> | undefined> {
  const type = jobTypeOf(reference);
  const queue = scope.value('queue') as string | undefined;
  const options = jobOptionsOf(scope);
  try {
    const settings = resolveEnqueueOptions(
      type,
      { ...options, ...(queue === undefined ? {} : { queue }) },
      defaultsFor(reference),
      [],
      priorities,
    );
    const payload = encodePayload(scope.value('payload') ?? null, payloadLimitBytes);
    if (typeof reference !== 'string' && reference.schema !== undefined) {
      await applySchema(reference.schema, JSON.parse(payload));
    }
    return { type, queue: settings.queue, payload, options };
  } catch (error) {
    if (!(error instanceof InvalidJobError) && !(error instanceof KyuPayloadError)) throw error;
    refuseJob(scope, error);
    return undefined;
  }
}

/** What `enqueue` would say, as one problem among others. */
function refuseJob(scope: Scope, error: InvalidJobError | KyuPayloadError): void {
  const allowed = error.remedy.replace(/^(?:Give|Pass) /, '').replace(/\.$/, '');
  const field = (error instanceof KyuPayloadError ? 'payload' : error.field) as keyof ScheduleInput;
  if (field !== 'payload') return scope.refuse(field, allowed);
  const what = error.message.replace('The payload cannot be stored: ', '').replace(` ${error.remedy}`, '');
  scope.refuseAs(field, what.replace(/\.$/, ''), allowed);
}

function jobOptionsOf(scope: Scope): ScheduledJobOptions {
  const keys = Object.keys(JOB_OPTION_KEYS) as (keyof ScheduledJobOptions)[];
  const given = keys.filter((key) => scope.value(key) !== undefined).map((key) => [key, scope.value(key)]);
  return Object.fromEntries(given) as ScheduledJobOptions;
}
