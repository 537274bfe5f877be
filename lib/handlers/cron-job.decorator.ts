import { HANDLER_OPTION_KEYS } from '../core/handler-settings.js';
import { DEFAULT_INSTANCE } from '../core/option-defaults.js';
import type { HandlerOptions } from '../core/options.js';
import type { ScheduleSettings } from '../core/schedule.js';
import { JobHandler, registrationsOf } from './job-handler.decorator.js';

/** Where the decorator leaves its mark; a fixed text, for the same reason as `JOB_HANDLER_METADATA`. */
export const CRON_JOB_METADATA = 'kyu:cron-job';

/** What `@CronJob` can say about its schedule, and about the handler that the method becomes. */
export interface CronJobOptions extends ScheduleSettings, HandlerOptions {
  /** Name of the schedule. Default: class and method, `Reports.digest`. A fixed one survives their renaming. */
  name?: string;
  /** The job type that the method handles. Default: the name. */
  type?: string;
  /** What each job gets. Default `null`. */
  payload?: unknown;
  /** The Kyu instance. Default: the one without a name. */
  instance?: string;
}

/** One `@CronJob` as it was written. */
export interface CronJobRegistration {
  readonly instance: string;
  /** As `readSchedule` takes it; what belongs to the handler alone is not in it. */
  readonly schedule: Readonly<Record<string, unknown>>;
}

type AnyMethod = (...parameters: never[]) => unknown;

/**
 * Declares a schedule, and makes the method the handler of its jobs: it runs once per tick, on one worker of all that
 * there are, with the retries, history and events of any other job. The job's `scheduledAt` is the tick, plus its jitter.
 * @param cron five fields, or six with the seconds first
 * @throws KyuConfigError when the application starts and the expression, the zone or an option cannot be used
 * @throws ScheduleConflictError when the application starts and the name is declared twice
 * @example
 * @CronJob('0 7 * * 1-5', { name: 'daily-digest', timezone: 'Europe/Berlin', overlap: 'skip' })
 * async digest(@Ctx() job: JobContext) {}
 */
export function CronJob(cron: string, options: CronJobOptions = {}) {
  return <Method extends AnyMethod>(
    target: object,
    methodName: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const method: unknown = descriptor.value;
    if (typeof method !== 'function') throw new TypeError('@CronJob belongs on a method.');
    const { name = `${target.constructor.name}.${String(methodName)}`, instance = DEFAULT_INSTANCE } =
      options;
    const { type = name } = options;
    const registration = { instance, schedule: { ...scheduleOf(options), name, type, cron } };
    Reflect.defineMetadata(CRON_JOB_METADATA, [registration, ...cronJobsOf(method)], method);
    // Two schedules may share one job type and one method.
    const isHandled = registrationsOf(method).some(
      (known) => known.job === type && known.instance === instance,
    );
    if (!isHandled)
      JobHandler(type as never, { ...handlerOf(options), instance })(target, methodName, descriptor);
  };
}

/** The `@CronJob`s on a method, in the order in which they were written. */
export function cronJobsOf(method: object): readonly CronJobRegistration[] {
  const found: unknown = Reflect.getOwnMetadata(CRON_JOB_METADATA, method);
  return Array.isArray(found) ? (found as CronJobRegistration[]) : [];
}

/** Jobs of the schedule get retries and timeout from the handler, which the module's `handlers` may override. */
function scheduleOf(options: CronJobOptions): Record<string, unknown> {
  const elsewhere = [...HANDLER_OPTION_KEYS, 'instance'];
  return Object.fromEntries(Object.entries(options).filter(([key]) => !elsewhere.includes(key)));
}

function handlerOf(options: CronJobOptions): HandlerOptions {
  const given = Object.entries(options).filter(([key]) => HANDLER_OPTION_KEYS.includes(key));
  return Object.fromEntries(given);
}
