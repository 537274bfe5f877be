import { isObservable, lastValueFrom } from 'rxjs';
import type { JobContext } from '../core/job-context.js';
import type { DiscoveredHandler } from './discovered-handler.js';
import { filterStage } from './filter-stage.js';
import { guardStage } from './guard-stage.js';
import type { HandlerEnhancers } from './handler-enhancers.js';
import { chainInterceptors, type Stage } from './interceptor-chain.js';
import { KYU_CONTEXT_TYPE } from './kyu-execution-context.js';
import { compileArguments, type PipedParameter } from './method-arguments.js';
import { ExecutionContextHost } from './nest-internals.js';

/** Calls a handler with everything that is around it. May throw, reject or never settle. */
export type InvokeHandler = (payload: unknown, job: JobContext) => unknown;

/** A provider or controller, as something that has methods. */
type Host = Readonly<Record<string, (...values: unknown[]) => unknown>>;

/**
 * Puts a handler's call together, once: filters around guards around interceptors around pipes around the method, and
 * nothing for what is not there. A handler with none of them is called directly.
 */
export function compilePipeline(
  handler: DiscoveredHandler,
  instance: object,
  enhancers: HandlerEnhancers,
  parameters: readonly PipedParameter[],
): InvokeHandler {
  const host = instance as Host;
  const { guards, interceptors, filters } = enhancers;
  if (parameters.length + guards.length + interceptors.length + filters.length === 0) {
    return directCall(host, handler.methodName);
  }
  const method = methodStage(host, handler.methodName, parameters);
  const intercepted = interceptors.length === 0 ? streamed(method) : chainInterceptors(interceptors, method);
  const stage = filterStage(filters, guardStage(guards, intercepted));
  return (payload, job) => stage(executionContextOf(handler, payload, job));
}

/**
 * By name at each call, so that a spy which a test puts on the instance is called. A promise is passed on as it is;
 * what it resolves to is not looked at.
 */
function directCall(host: Host, methodName: string): InvokeHandler {
  return (payload, job) => {
    const result = host[methodName]!(payload, job); // it was found under this name
    return isObservable(result) ? lastValueFrom(result) : result;
  };
}

function methodStage(
  host: Host,
  methodName: string,
  parameters: readonly PipedParameter[],
): Stage<ExecutionContextHost> {
  if (parameters.length === 0) {
    // Read from the context, so that an interceptor may put another payload into `getArgs()[0]`.
    return (execution) => host[methodName]!(execution.getArgByIndex(0), execution.getArgByIndex(1)); // as above
  }
  const argumentsOf = compileArguments(parameters);
  const call = (values: unknown[]): unknown => host[methodName]!(...values); // as above
  return (execution) => {
    const values = argumentsOf(execution);
    return values instanceof Promise ? values.then(call) : call(values);
  };
}

/** A handler may return a stream, as a route may: it starts here, and its last value is the result. */
function streamed(stage: Stage<ExecutionContextHost>): Stage<ExecutionContextHost> {
  const lastValue = (result: unknown): unknown => (isObservable(result) ? lastValueFrom(result) : result);
  return (execution) => {
    const result = stage(execution);
    return result instanceof Promise ? result.then(lastValue) : lastValue(result);
  };
}

function executionContextOf(
  handler: DiscoveredHandler,
  payload: unknown,
  job: JobContext,
): ExecutionContextHost {
  const execution = new ExecutionContextHost([payload, job], handler.classRef, handler.method);
  execution.setType(KYU_CONTEXT_TYPE);
  return execution;
}
