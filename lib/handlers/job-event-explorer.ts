import { KyuConfigError } from '../core/errors.js';
import { JOB_EVENT_NAMES, type JobEventName, type JobEvents } from '../core/job-events.js';
import { nearestName } from '../core/near-miss.js';
import { eventsOf, type JobEventRegistration } from './on-job-event.decorator.js';
import { isPerContext, type ProviderMethod, type ProviderMethods } from './provider-methods.js';

/** A method that hears an event, ready to be called. */
export interface DiscoveredListener {
  readonly event: JobEventName;
  readonly call: (event: JobEvents[JobEventName]) => unknown;
}

/** Finds `@OnJobEvent` methods in the providers and controllers of the application. */
export class JobEventExplorer {
  constructor(private readonly methods: ProviderMethods) {}

  /** @throws KyuConfigError for an event that does not exist, and for a request-scoped class: there is no request. */
  explore(instance: string): DiscoveredListener[] {
    return this.methods
      .all()
      .flatMap((found) => eventsOf(found.method).map((registration) => ({ found, registration })))
      .filter(({ registration }) => registration.instance === instance)
      .map(({ found, registration }) => listenerOf(found, registration));
  }
}

function listenerOf(found: ProviderMethod, { event, type }: JobEventRegistration): DiscoveredListener {
  refuseUnusable(found, event);
  const host = found.wrapper.instance as Record<string, (event: unknown) => unknown>;
  return {
    event,
    call: (told) =>
      type === undefined || told.jobType === type ? host[found.methodName]?.(told) : undefined,
  };
}

function refuseUnusable({ wrapper, prototype, methodName }: ProviderMethod, event: string): void {
  const field = `@OnJobEvent on ${prototype.constructor.name}.${methodName}`;
  if (!(JOB_EVENT_NAMES as readonly string[]).includes(event)) {
    const suggestion = nearestName(event, JOB_EVENT_NAMES);
    const problem = { field, value: `"${event}"`, allowed: JOB_EVENT_NAMES.join(', ') };
    throw new KyuConfigError([suggestion === undefined ? problem : { ...problem, suggestion }], 'A listener');
  }
  if (isPerContext(wrapper)) {
    const problem = {
      field,
      value: 'a request-scoped class',
      allowed: 'a class that lives as long as the application',
    };
    throw new KyuConfigError([problem], 'A listener');
  }
}
