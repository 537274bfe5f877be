import type { ExceptionFilter, CanActivate, NestInterceptor, PipeTransform, Type } from '@nestjs/common';
import type { ContextId } from '@nestjs/core';
import { KyuConfigError } from '../core/errors.js';
import type { DiscoveredHandler } from './discovered-handler.js';
import { ENHANCER_KINDS, ENHANCER_PLACES, type EnhancerKind } from './enhancer-kinds.js';
import type { EnhancersByKind } from './global-enhancers.js';
import { hostModuleOf, moduleRefOf } from './host-module.js';
import type { JobParameter, PipedParameter } from './method-arguments.js';
import type { InstanceWrapper } from './nest-internals.js';

/** Everything that is around one handler, ready to be called; outermost first. */
export interface HandlerEnhancers {
  readonly guards: readonly CanActivate[];
  readonly interceptors: readonly NestInterceptor[];
  readonly pipes: readonly PipeTransform[];
  readonly filters: readonly ExceptionFilter[];
}

/**
 * Finds the instances behind the enhancers that are declared on a handler and its class, in the order global, class,
 * method. Nest creates one per module and class for providers that it constructs itself; for what a factory returned
 * it does not, and silently leaves the enhancer out. Here the missing ones are made once, with the same module's
 * providers: a guard that is written down must never be skipped.
 */
export class EnhancerResolver {
  private constructor(
    private readonly handler: DiscoveredHandler,
    private readonly made: ReadonlyMap<unknown, object>,
  ) {}

  static async prepare(
    handler: DiscoveredHandler,
    parameters: readonly JobParameter[],
  ): Promise<EnhancerResolver> {
    const declared = ENHANCER_KINDS.flatMap((kind) => declaredOn(handler, kind));
    const inParameters = parameters.flatMap(({ declaredPipes }) => declaredPipes);
    const known = hostModuleOf(handler.wrapper).injectables;
    const missing = new Set([...declared, ...inParameters].filter((one) => isClass(one) && !known.has(one)));
    const made = new Map<unknown, object>();
    for (const type of missing) {
      made.set(type, await moduleRefOf(handler.wrapper).create<object>(type as Type<object>));
    }
    return new EnhancerResolver(handler, made);
  }

  /** @throws KyuConfigError when something is declared as what it is not. */
  resolve(globals: EnhancersByKind, contextId: ContextId): HandlerEnhancers {
    const resolveKind = <Enhancer>(kind: EnhancerKind): Enhancer[] => {
      const declared = declaredOn(this.handler, kind).map((one) => this.instanceOf(kind, one, contextId));
      return [...globals[kind], ...declared] as Enhancer[];
    };
    return {
      guards: resolveKind('guard'),
      interceptors: resolveKind('interceptor'),
      pipes: resolveKind('pipe'),
      filters: resolveKind('filter'),
    };
  }

  /** Adds the pipes: those of the application, the class and the method, then the parameter's own. */
  withPipes(
    parameters: readonly JobParameter[],
    pipes: readonly PipeTransform[],
    contextId: ContextId,
  ): PipedParameter[] {
    return parameters.map((parameter) => {
      const own = parameter.declaredPipes.map((one) => this.instanceOf('pipe', one, contextId));
      return { ...parameter, pipes: [...(parameter.isPiped ? pipes : []), ...(own as PipeTransform[])] };
    });
  }

  private instanceOf(kind: EnhancerKind, declared: unknown, contextId: ContextId): object {
    const instance = isClass(declared) ? this.instanceOfClass(declared, contextId) : declared;
    const { methodName } = ENHANCER_PLACES[kind];
    if (isObject(instance) && typeof Reflect.get(instance, methodName) === 'function') return instance;
    throw this.unusable(kind, declared, methodName);
  }

  private instanceOfClass(type: Type<object>, contextId: ContextId): unknown {
    const { wrapper } = this.handler;
    const enhancer = hostModuleOf(wrapper).injectables.get(type);
    if (enhancer === undefined) return this.made.get(type);
    // Transient enhancers exist once per handler class, which Nest calls the inquirer.
    return enhancer.getInstanceByContextId(contextOf(enhancer, contextId), wrapper.id).instance;
  }

  private unusable(kind: EnhancerKind, declared: unknown, methodName: string): KyuConfigError {
    const problem = {
      field: this.handler.source,
      value: isClass(declared) ? declared.name : String(declared),
      allowed: `as a ${kind} only what has a method ${methodName}`,
    };
    return new KyuConfigError([problem], 'A job handler');
  }
}

function declaredOn(handler: DiscoveredHandler, kind: EnhancerKind): unknown[] {
  const { metadataKey } = ENHANCER_PLACES[kind];
  const onClass: unknown = Reflect.getMetadata(metadataKey, handler.classRef);
  const onMethod: unknown = Reflect.getMetadata(metadataKey, handler.method);
  return [onClass, onMethod].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
}

/** A durable provider lives in a context of its own, shared by the jobs of one tenant. */
function contextOf(enhancer: InstanceWrapper, contextId: ContextId): ContextId {
  if (contextId.getParent === undefined) return contextId;
  const isTreeDurable = !enhancer.isTransient && enhancer.isDependencyTreeDurable();
  return contextId.getParent({ token: enhancer.token, isTreeDurable });
}

function isClass(declared: unknown): declared is Type<object> {
  return typeof declared === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
