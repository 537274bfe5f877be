import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { getJobContext } from './kyu-execution-context.js';

type Pipe = Type<PipeTransform> | PipeTransform;

/** How Kyu recognises the factories of its own decorators, in every copy of the library. */
const SOURCE = Symbol.for('kyu:parameter-source');

/** What a parameter is filled with; `undefined` for decorators that are not Kyu's. */
export type ParameterSource = 'payload' | 'job';

/** Which of Kyu's own decorators made this factory. */
export function sourceOf(factory: unknown): ParameterSource | undefined {
  if (typeof factory !== 'function') return undefined;
  return (factory as { [SOURCE]?: ParameterSource })[SOURCE];
}

const PayloadParameter = createParamDecorator(
  marked('payload', (property: string | undefined, context: ExecutionContext) => {
    const payload = context.getArgByIndex<unknown>(0);
    return property === undefined ? payload : propertyOf(payload, property);
  }),
);

const ContextParameter = createParamDecorator(
  marked('job', (_data: unknown, context: ExecutionContext) => getJobContext(context)),
);

const SignalParameter = createParamDecorator(
  marked('job', (_data: unknown, context: ExecutionContext) => getJobContext(context).signal),
);

/**
 * The payload, or one property of it, after the pipes of the method, the class and this parameter.
 * @example
 * send(@Payload() mail: SendEmail, @Ctx() job: JobContext) {}
 * resize(@Ctx() job: JobContext, @Payload('width', ParseIntPipe) width: number) {}
 */
export function Payload(...pipes: Pipe[]): ParameterDecorator;
export function Payload(property: string, ...pipes: Pipe[]): ParameterDecorator;
export function Payload(...propertyOrPipes: (string | Pipe)[]): ParameterDecorator {
  return PayloadParameter(...propertyOrPipes);
}

/** The job's context: its id, run, attempt, signal, `progress()`, `log()`. No pipe touches it. */
export function Ctx(): ParameterDecorator {
  return ContextParameter();
}

/** The run's abort signal, the same as `job.signal`. No pipe touches it. */
export function Signal(): ParameterDecorator {
  return SignalParameter();
}

function marked<Factory extends object>(source: ParameterSource, factory: Factory): Factory {
  return Object.assign(factory, { [SOURCE]: source });
}

function propertyOf(payload: unknown, property: string): unknown {
  if (typeof payload !== 'object' || payload === null) return undefined;
  return (payload as Record<string, unknown>)[property];
}
