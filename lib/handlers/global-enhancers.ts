import type { NestInterceptor, Type } from '@nestjs/common';
import type { ApplicationConfig, ContextId, ModuleRef } from '@nestjs/core';
import { KyuConfigError } from '../core/errors.js';
import { ENHANCER_KINDS, ENHANCER_PLACES, type EnhancerKind } from './enhancer-kinds.js';
import { moduleRefOf } from './host-module.js';
import type { InstanceWrapper } from './nest-internals.js';

/** What the module's options say about enhancers. */
export interface EnhancerOptions {
  /** Around every handler, first = outermost. Classes are taken from the application, or made when it has none. */
  readonly interceptors?: readonly (Type<NestInterceptor> | NestInterceptor)[];
  /** Whether the application's global guards, interceptors, pipes and filters apply to jobs. Default false. */
  readonly inheritAppConfig?: boolean;
}

/** What is around every handler of an instance, by kind. */
export type EnhancersByKind = Readonly<Record<EnhancerKind, readonly object[]>>;

/**
 * What is around every handler, outermost first: the application's own, if inherited, then the module's list.
 * Request-scoped ones are made anew for each job.
 */
export class GlobalEnhancers {
  private constructor(
    private readonly shared: EnhancersByKind,
    private readonly scoped: Readonly<Record<EnhancerKind, readonly InstanceWrapper[]>>,
  ) {}

  /** @throws KyuConfigError when an interceptor of the list cannot be had. */
  static async collect(
    options: EnhancerOptions,
    application: ApplicationConfig,
    moduleRef: ModuleRef,
  ): Promise<GlobalEnhancers> {
    const listed = await Promise.all(
      (options.interceptors ?? []).map((one) => toInterceptor(one, moduleRef)),
    );
    const inherited = options.inheritAppConfig === true;
    const shared = byKind<readonly object[]>((kind) => [
      ...(inherited ? ENHANCER_PLACES[kind].globals(application) : []),
      ...(kind === 'interceptor' ? listed : []),
    ]);
    const scoped = byKind((kind) => (inherited ? ENHANCER_PLACES[kind].scopedGlobals(application) : []));
    return new GlobalEnhancers(shared, scoped);
  }

  /** Whether there are enhancers that each job needs instances of its own of. */
  get isRequestScoped(): boolean {
    return ENHANCER_KINDS.some((kind) => this.scoped[kind].length > 0);
  }

  /** For handlers that live as long as the application. */
  forApplication(): EnhancersByKind {
    return this.shared;
  }

  /** For one job: with request-scoped ones made for it. */
  async forJob(contextId: ContextId): Promise<EnhancersByKind> {
    if (!this.isRequestScoped) return this.shared;
    const instances = await Promise.all(
      ENHANCER_KINDS.map(async (kind) => [kind, await this.withScoped(kind, contextId)] as const),
    );
    return Object.fromEntries(instances) as Record<EnhancerKind, object[]>;
  }

  private async withScoped(kind: EnhancerKind, contextId: ContextId): Promise<object[]> {
    const made = this.scoped[kind].map((wrapper) =>
      moduleRefOf(wrapper).resolve<object>(wrapper.token as Type<object>, contextId, { strict: true }),
    );
    return [...this.shared[kind], ...(await Promise.all(made))];
  }
}

function byKind<Value>(valueOf: (kind: EnhancerKind) => Value): Record<EnhancerKind, Value> {
  const entries = ENHANCER_KINDS.map((kind) => [kind, valueOf(kind)] as const);
  return Object.fromEntries(entries) as Record<EnhancerKind, Value>;
}

async function toInterceptor(
  listed: Type<NestInterceptor> | NestInterceptor,
  moduleRef: ModuleRef,
): Promise<NestInterceptor> {
  const interceptor = typeof listed === 'function' ? await instanceOf(listed, moduleRef) : listed;
  if (typeof interceptor?.intercept === 'function') return interceptor;
  throw unusable(nameOf(listed), 'it has no method intercept');
}

async function instanceOf(type: Type<NestInterceptor>, moduleRef: ModuleRef): Promise<NestInterceptor> {
  try {
    return isProvided(type, moduleRef)
      ? moduleRef.get(type, { strict: false })
      : await moduleRef.create(type);
  } catch (error) {
    throw unusable(type.name, error instanceof Error ? error.message : String(error));
  }
}

function isProvided(type: Type<NestInterceptor>, moduleRef: ModuleRef): boolean {
  try {
    moduleRef.introspect(type);
    return true;
  } catch {
    return false; // Nest has no gentler way to ask.
  }
}

function unusable(name: string, reason: string): KyuConfigError {
  return new KyuConfigError([
    {
      field: 'interceptors',
      value: `${name} (${reason})`,
      allowed:
        'interceptors that Nest can create once, for the whole application; others go on the handler with @UseInterceptors',
    },
  ]);
}

function nameOf(listed: unknown): string {
  if (typeof listed === 'function') return listed.name;
  return typeof listed === 'object' && listed !== null ? listed.constructor.name : String(listed);
}
