import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { KyuConfigError } from '../core/errors.js';
import type { DiscoveredHandler } from './discovered-handler.js';
import { sourceOf } from './job-parameters.decorator.js';
import {
  ContextUtils,
  CUSTOM_ROUTE_ARGS_METADATA,
  ROUTE_ARGS_METADATA,
  type ExecutionContextHost,
} from './nest-internals.js';

/** One parameter of a handler: where its value comes from, and what is done to it. */
export interface JobParameter {
  readonly index: number;
  readonly read: (execution: ExecutionContextHost) => unknown;
  /** Classes or instances, as written in the parameter's decorator. */
  readonly declaredPipes: readonly unknown[];
  /** Whether the pipes of the method, the class and the application apply as well. */
  readonly isPiped: boolean;
  /** Whether `read` may answer a promise. */
  readonly mayBeAsync: boolean;
  readonly metadata: ArgumentMetadata;
}

/** A parameter whose pipes are ready to be called. */
export interface PipedParameter extends JobParameter {
  readonly pipes: readonly PipeTransform[];
}

/** Makes the argument list of one call; at once when nothing in it needs time. */
export type ArgumentReader = (execution: ExecutionContextHost) => unknown[] | Promise<unknown[]>;

/** How Nest stores one decorated parameter. */
interface StoredParameter {
  readonly index: number;
  readonly data?: unknown;
  readonly schema?: ArgumentMetadata['schema'];
  readonly pipes: readonly unknown[];
  readonly factory?: (data: unknown, execution: ExecutionContextHost) => unknown;
}

const contextUtils = new ContextUtils();

/**
 * The decorated parameters of a handler, in the order of the method; none when it is called as `(payload, job)`.
 * @throws KyuConfigError for decorators that need a request
 */
export function parametersOf(handler: DiscoveredHandler, instance: object): JobParameter[] {
  const stored: Record<string, StoredParameter> =
    contextUtils.reflectCallbackMetadata(instance, handler.methodName, ROUTE_ARGS_METADATA) ?? {};
  const metatypes = metatypesOf(handler, instance);
  return Object.entries(stored)
    .map(([key, parameter]) => toJobParameter(handler, key, parameter, metatypes[parameter.index]))
    .sort((left, right) => left.index - right.index);
}

/** The parameters of a handler without decorators, for pipes that were declared on it: `(payload, job)`. */
export function undecoratedParameters(handler: DiscoveredHandler, instance: object): JobParameter[] {
  const [metatype] = metatypesOf(handler, instance);
  const plain = { declaredPipes: [], mayBeAsync: false };
  return [
    { ...plain, index: 0, read: readPayload, isPiped: true, metadata: { type: 'body', metatype } },
    { ...plain, index: 1, read: readJob, isPiped: false, metadata: { type: 'custom' } },
  ];
}

/** Puts the way to an argument list together, once. */
export function compileArguments(parameters: readonly PipedParameter[]): ArgumentReader {
  const byIndex = new Map(parameters.map((parameter) => [parameter.index, parameter]));
  const length = Math.max(...byIndex.keys()) + 1;
  // A parameter without a decorator between others gets nothing, as in Nest.
  const slots = Array.from({ length }, (_, index) => byIndex.get(index));
  if (parameters.every(({ pipes, mayBeAsync }) => pipes.length === 0 && !mayBeAsync)) {
    const readers = slots.map((parameter) => parameter?.read ?? (() => undefined));
    return (execution) => readers.map((read) => read(execution));
  }
  return (execution) => Promise.all(slots.map((parameter) => pipedValue(parameter, execution)));
}

async function pipedValue(
  parameter: PipedParameter | undefined,
  execution: ExecutionContextHost,
): Promise<unknown> {
  if (parameter === undefined) return undefined;
  let value = await parameter.read(execution);
  for (const pipe of parameter.pipes) value = await pipe.transform(value, parameter.metadata);
  return value;
}

function toJobParameter(
  handler: DiscoveredHandler,
  key: string,
  { index, data, schema, pipes, factory }: StoredParameter,
  metatype: ArgumentMetadata['metatype'],
): JobParameter {
  if (!key.includes(CUSTOM_ROUTE_ARGS_METADATA) || factory === undefined)
    throw foreignDecorator(handler, index);
  const source = sourceOf(factory);
  return {
    index,
    read: (execution) => factory(data, execution),
    declaredPipes: pipes,
    // A validation pipe on the method is meant for the payload: the job's context would never pass it.
    isPiped: source !== 'job',
    mayBeAsync: source === undefined,
    // As for the payload of a microservice: 'body', because ValidationPipe skips what is 'custom'.
    metadata: {
      type: source === 'payload' ? 'body' : 'custom',
      metatype,
      data: data as string | undefined,
      schema,
    },
  };
}

function metatypesOf(handler: DiscoveredHandler, instance: object): ArgumentMetadata['metatype'][] {
  return contextUtils.reflectCallbackParamtypes(instance, handler.methodName) ?? [];
}

function foreignDecorator(handler: DiscoveredHandler, index: number): KyuConfigError {
  const problem = {
    field: `parameter ${index + 1} of ${handler.source}`,
    value: 'a decorator of HTTP or of microservices',
    allowed: "@Payload(), @Ctx() and @Signal() from 'nestjs-kyu', or your own from createParamDecorator",
  };
  return new KyuConfigError([problem], 'A job handler');
}

function readPayload(execution: ExecutionContextHost): unknown {
  return execution.getArgByIndex<unknown>(0);
}

function readJob(execution: ExecutionContextHost): unknown {
  return execution.getArgByIndex<unknown>(1);
}
