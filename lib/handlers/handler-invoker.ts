import type { Type } from '@nestjs/common';
import { ContextIdFactory, type ApplicationConfig, type ContextId, type ModuleRef } from '@nestjs/core';
import type { JobContext } from '../core/job-context.js';
import { checkPayloadFirst } from './checked-payload.js';
import type { DiscoveredHandler } from './discovered-handler.js';
import { GlobalEnhancers, type EnhancerOptions, type EnhancersByKind } from './global-enhancers.js';
import { EnhancerResolver } from './handler-enhancers.js';
import { compilePipeline, type InvokeHandler } from './handler-pipeline.js';
import { moduleRefOf } from './host-module.js';
import { parametersOf, undecoratedParameters } from './method-arguments.js';
import { STATIC_CONTEXT } from './nest-internals.js';

/**
 * Turns what was found into something that can be called. Use it once the application's global enhancers are known,
 * so not before `onApplicationBootstrap`.
 */
export class HandlerInvokerFactory {
  private globals: Promise<GlobalEnhancers> | undefined;

  constructor(
    private readonly application: ApplicationConfig,
    private readonly moduleRef: ModuleRef,
    private readonly options: EnhancerOptions = {},
  ) {}

  /** @throws KyuConfigError when an enhancer or a parameter decorator cannot be used. */
  async create(handler: DiscoveredHandler): Promise<InvokeHandler> {
    this.globals ??= GlobalEnhancers.collect(this.options, this.application, this.moduleRef);
    const globals = await this.globals;
    const invoke =
      handler.isRequestScoped || globals.isRequestScoped
        ? await invokePerJob(handler, globals)
        : await invokeShared(handler, globals);
    return handler.schema === undefined ? invoke : checkPayloadFirst(handler.schema, invoke);
  }
}

async function invokeShared(handler: DiscoveredHandler, globals: GlobalEnhancers): Promise<InvokeHandler> {
  const instance = handler.wrapper.instance as object;
  const resolver = await EnhancerResolver.prepare(handler, parametersOf(handler, instance));
  return pipelineFor(handler, instance, resolver, globals.forApplication(), STATIC_CONTEXT);
}

/** An instance for each job, and `@Inject(REQUEST)` is its context. Costs some 100 µs a job. */
async function invokePerJob(handler: DiscoveredHandler, globals: GlobalEnhancers): Promise<InvokeHandler> {
  const prototype = handler.classRef.prototype as object;
  const resolver = await EnhancerResolver.prepare(handler, parametersOf(handler, prototype));
  return async (payload, job) => {
    const contextId = contextIdOf(handler, job);
    const instance = await instanceFor(handler, contextId);
    const enhancers = await globals.forJob(contextId);
    // What is around a handler that lives as long as the application lives as long, too.
    const home = handler.isRequestScoped ? contextId : STATIC_CONTEXT;
    return pipelineFor(handler, instance, resolver, enhancers, home)(payload, job);
  };
}

function pipelineFor(
  handler: DiscoveredHandler,
  instance: object,
  resolver: EnhancerResolver,
  globals: EnhancersByKind,
  contextId: ContextId,
): InvokeHandler {
  const enhancers = resolver.resolve(globals, contextId);
  const decorated = parametersOf(handler, instance);
  const needsPipes = decorated.length === 0 && enhancers.pipes.length > 0;
  const parameters = needsPipes ? undecoratedParameters(handler, instance) : decorated;
  const piped = resolver.withPipes(parameters, enhancers.pipes, contextId);
  return compilePipeline(handler, instance, enhancers, piped);
}

/** By the application's own strategy, which may share durable providers among the jobs of one tenant. */
function contextIdOf(handler: DiscoveredHandler, job: JobContext): ContextId {
  const contextId = ContextIdFactory.getByRequest(job as JobContext & Record<string, unknown>);
  moduleRefOf(handler.wrapper).registerRequestByContextId(job, contextId);
  return contextId;
}

async function instanceFor(handler: DiscoveredHandler, contextId: ContextId): Promise<object> {
  const { wrapper } = handler;
  return moduleRefOf(wrapper).resolve<object>(wrapper.token as Type<object>, contextId, { strict: true });
}
