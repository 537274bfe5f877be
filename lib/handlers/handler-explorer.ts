import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { jobTypeOf } from '../core/job-definition.js';
import { DEFAULT_INSTANCE } from '../core/option-defaults.js';
import type { HandlerOptions } from '../core/options.js';
import type { PayloadSchema } from '../core/payload-schema.js';
import type { DiscoveredHandler } from './discovered-handler.js';
import { registrationsOf, type JobHandlerRegistration } from './job-handler.decorator.js';
import type { InstanceWrapper } from './nest-internals.js';

/**
 * Finds `@JobHandler` methods in the providers and controllers of the application. Looks at prototypes only: reading
 * a property of an instance could run a getter of somebody else's.
 *
 * What a request-scoped factory would return is not known before there is a job: handlers in there are not found.
 */
export class HandlerExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Every handler of one Kyu instance. Call it once all providers exist; it changes nothing. */
  explore(instance: string = DEFAULT_INSTANCE): DiscoveredHandler[] {
    const found: DiscoveredHandler[] = [];
    for (const wrapper of this.hosts()) {
      for (const handler of this.handlersOf(wrapper)) {
        if (handler.instance === instance) found.push(handler);
      }
    }
    return found;
  }

  /** An alias, or a factory that passes an existing provider on, is the same object: it must not count twice. */
  private hosts(): InstanceWrapper[] {
    const seen = new Set<unknown>();
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    // Classes first, so that the module that really owns an object is the one that is named.
    const ordered = [...wrappers.filter(isClass), ...wrappers.filter((wrapper) => !isClass(wrapper))];
    return ordered.filter((wrapper) => {
      if (wrapper.isAlias) return false;
      if (isPerContext(wrapper)) return true;
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null || seen.has(instance)) return false;
      seen.add(instance);
      return true;
    });
  }

  private handlersOf(wrapper: InstanceWrapper): DiscoveredHandler[] {
    const prototype = prototypeOf(wrapper);
    if (prototype === undefined) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const method: unknown = Reflect.get(prototype, methodName);
      if (typeof method !== 'function') return [];
      const found = { wrapper, prototype, methodName, method: method as DiscoveredHandler['method'] };
      return registrationsOf(method).map((registration) => describe(found, registration));
    });
  }
}

interface FoundMethod {
  readonly wrapper: InstanceWrapper;
  readonly prototype: object;
  readonly methodName: string;
  readonly method: DiscoveredHandler['method'];
}

function describe(found: FoundMethod, registration: JobHandlerRegistration): DiscoveredHandler {
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

function isClass(wrapper: InstanceWrapper): boolean {
  return !wrapper.isNotMetatype;
}

/** A transient provider belongs to whoever asks for it, and a job is who asks here. */
function isPerContext(wrapper: InstanceWrapper): boolean {
  return wrapper.isTransient || !wrapper.isDependencyTreeStatic();
}

function prototypeOf(wrapper: InstanceWrapper): object | undefined {
  const prototype: unknown = isClass(wrapper)
    ? wrapper.metatype?.prototype
    : Object.getPrototypeOf(wrapper.instance ?? Object.prototype);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return undefined;
  return prototype;
}
