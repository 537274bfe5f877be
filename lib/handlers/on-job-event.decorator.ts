import { DEFAULT_INSTANCE } from '../core/option-defaults.js';
import type { JobEventName, JobEvents } from '../core/job-events.js';

/** Where the decorator leaves its mark; a fixed text, for the same reason as `JOB_HANDLER_METADATA`. */
export const ON_JOB_EVENT_METADATA = 'kyu:on-job-event';

/** Which events a method hears. */
export interface JobEventOptions {
  /** Only of this job type. Default: of all. */
  type?: string;
  /** The Kyu instance. Default: the one without a name. */
  instance?: string;
}

/** One `@OnJobEvent` as it was written. */
export interface JobEventRegistration {
  readonly event: JobEventName;
  readonly type: string | undefined;
  readonly instance: string;
}

/** A method that does not look at the event is one as well. */
type JobEventDecorator<Name extends JobEventName> = <Method extends (event: JobEvents[Name]) => unknown>(
  target: object,
  methodName: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Calls a method of a provider or controller for each event about a job, in the process where it happened. It is
 * called after Kyu has gone on: what it throws is logged and changes nothing.
 * @example
 * @OnJobEvent('dead', { type: 'process_payment' })
 * async onDead(event: JobDeadEvent) { await this.pager.call(event.jobId, event.error); }
 */
export function OnJobEvent<Name extends JobEventName>(
  event: Name,
  { type, instance = DEFAULT_INSTANCE }: JobEventOptions = {},
): JobEventDecorator<Name> {
  return (_target, _methodName, descriptor) => {
    const method: unknown = descriptor.value;
    if (typeof method !== 'function') throw new TypeError('@OnJobEvent belongs on a method.');
    const registration: JobEventRegistration = { event, type, instance };
    Reflect.defineMetadata(ON_JOB_EVENT_METADATA, [registration, ...eventsOf(method)], method);
  };
}

/** The `@OnJobEvent`s on a method, in the order in which they were written. */
export function eventsOf(method: object): readonly JobEventRegistration[] {
  const found: unknown = Reflect.getOwnMetadata(ON_JOB_EVENT_METADATA, method);
  return Array.isArray(found) ? (found as JobEventRegistration[]) : [];
}
