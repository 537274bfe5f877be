import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from './nest-internals.js';

/** A method of a provider or controller of the application. */
export interface ProviderMethod {
  readonly wrapper: InstanceWrapper;
  readonly prototype: object;
  readonly methodName: string;
  readonly method: (...values: never[]) => unknown;
}

/**
 * Walks the methods of all providers and controllers. Looks at prototypes only: reading a property of an instance
 * could run a getter of somebody else's.
 *
 * What a request-scoped factory would return is not known before there is a job: its methods are not found.
 */
export class ProviderMethods {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Call it once all providers exist; it changes nothing. */
  all(): ProviderMethod[] {
    return this.hosts().flatMap((wrapper) => this.methodsOf(wrapper));
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

  private methodsOf(wrapper: InstanceWrapper): ProviderMethod[] {
    const prototype = prototypeOf(wrapper);
    if (prototype === undefined) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((methodName) => {
      const method: unknown = Reflect.get(prototype, methodName);
      if (typeof method !== 'function') return [];
      return [{ wrapper, prototype, methodName, method: method as ProviderMethod['method'] }];
    });
  }
}

/** A transient provider belongs to whoever asks for it, and a job is who asks here. */
export function isPerContext(wrapper: InstanceWrapper): boolean {
  return wrapper.isTransient || !wrapper.isDependencyTreeStatic();
}

function isClass(wrapper: InstanceWrapper): boolean {
  return !wrapper.isNotMetatype;
}

function prototypeOf(wrapper: InstanceWrapper): object | undefined {
  const prototype: unknown = isClass(wrapper)
    ? wrapper.metatype?.prototype
    : Object.getPrototypeOf(wrapper.instance ?? Object.prototype);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return undefined;
  return prototype;
}
