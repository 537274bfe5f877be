import { jobTypeOf } from '../core/job-definition.js';
import { DEFAULT_INSTANCE } from '../core/option-defaults.js';
import type { HandlerOptions } from '../core/options.js';
import type { PayloadSchema } from '../core/payload-schema.js';
import type { DiscoveredHandler } from './discovered-handler.js';
import { registrationsOf, type JobHandlerRegistration } from './job-handler.decorator.js';
import { isPerContext, type ProviderMethod, type ProviderMethods } from './provider-methods.js';

/** Finds `@JobHandler` methods in the providers and controllers of the application. */
export class HandlerExplorer {
  constructor(private readonly methods: ProviderMethods) {}

  /** Every handler of one Kyu instance. Call it once all providers exist; it changes nothing. */
  explore(instance: string = DEFAULT_INSTANCE): DiscoveredHandler[] {
    return this.methods
      .all()
      .flatMap((found) => registrationsOf(found.method).map((registration) => describe(found, registration)))
      .filter((handler) => handler.instance === instance);
  }
}

function describe(found: ProviderMethod, registration: JobHandlerRegistration): DiscoveredHandler {
  const { wrapper, prototype, methodName, method } = found;
  const classRef = prototype.constructor as DiscoveredHandler['classRef'];
  return {
    type: jobTypeOf(registration.job),
    options: optionsOf(registration),
    schema: schemaOf(registration),
    instance: registration.instance,
    className: classRef.name,
    methodName,
    moduleName: wrapper.host?.name ?? 'no module',
    source: `${classRef.name}.${methodName}`,
    wrapper,
    classRef,
    method,
    isRequestScoped: isPerContext(wrapper),
  };
}

function optionsOf({ job, options }: JobHandlerRegistration): HandlerOptions {
  return typeof job === 'string' ? options : { ...job.options, ...options };
}

function schemaOf({ job }: JobHandlerRegistration): PayloadSchema | undefined {
  return typeof job === 'string' ? undefined : job.schema;
}
