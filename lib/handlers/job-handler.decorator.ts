import type { JobContext } from '../core/job-context.js';
import type { HandledReference, PayloadOutputOf } from '../core/job-definition.js';
import type { HandlerOptions } from '../core/options.js';
import { DEFAULT_INSTANCE } from '../core/option-defaults.js';

/**
 * Where the decorator leaves its mark on a method. A fixed text, because two copies of this library in one
 * application must see each other's handlers.
 */
export const JOB_HANDLER_METADATA = 'kyu:job-handler';

/** Settings of a handler; `handlers` in the module's options wins over them. */
export interface JobHandlerOptions extends HandlerOptions {
  /** The Kyu instance whose workers run it. Default: the one without a name. */
  instance?: string;
}

/** One `@JobHandler` as it was written. */
export interface JobHandlerRegistration {
  readonly job: HandledReference;
  readonly options: HandlerOptions;
  readonly instance: string;
}

/** A method's parameters are checked by their own decorators, so any list of them will do here. */
type AnyMethod = (...parameters: never[]) => unknown;

type FirstParameter<Method extends AnyMethod> = Method extends (
  first: infer First,
  ...others: never[]
) => unknown
  ? First
  : unknown;

/**
 * `unknown` (no objection) when the first parameter takes the payload, or is the job's context or its signal;
 * else a property that no descriptor has, so that the compiler's message names what was expected.
 */
type ObjectionTo<First, Payload> = [Payload] extends [First]
  ? unknown
  : [First, JobContext<Payload>] extends [JobContext, First]
    ? unknown
    : [First] extends [AbortSignal]
      ? unknown
      : { readonly 'the first parameter must take the payload': Payload };

/** What `@JobHandler` returns: refuses, at compile time, a method whose first parameter does not fit the payload. */
export type JobHandlerDecorator<Payload> = <Method extends AnyMethod>(
  target: object,
  methodName: string | symbol,
  descriptor: TypedPropertyDescriptor<Method> &
    (unknown extends Payload ? unknown : ObjectionTo<FirstParameter<Method>, Payload>),
) => void;

/**
 * Makes a method of a provider or controller the handler of a job type. It is called as `(payload, job)`, or as its
 * parameter decorators say (`@Payload()`, `@Ctx()`, `@Signal()`). Several on one method are fine; two handlers of
 * one type are not.
 *
 * A subclass takes over the handlers of its base class; a method that it overrides is a handler only when it is
 * decorated again, as with Nest's own method decorators.
 *
 * The compiler knows a method's parameters, not their decorators: for a typed job the first one must take the payload,
 * or be the job's context or its signal. Where a pipe turns the payload into something else, or only a property of it
 * comes first, say what comes first: `@JobHandler<typeof SendEmail, string>(SendEmail)`.
 * With a pattern such as `'report:*'` it handles every type that begins so and has no handler of its own, nor one with a
 * longer beginning; `job.type` says which.
 * @param job a name, a pattern, or a token from `defineJob`
 * @throws HandlerConflictError when the application starts and the type has a second handler
 * @example
 * @JobHandler('send_email', { concurrency: 10, timeout: '20s' })
 * async send(mail: SendEmail, job: JobContext<SendEmail>) {}
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- given by those who put something else first
export function JobHandler<Reference extends HandledReference, First = PayloadOutputOf<Reference>>(
  job: Reference,
  options: JobHandlerOptions = {},
): JobHandlerDecorator<NoInfer<First>> {
  const { instance = DEFAULT_INSTANCE, ...settings } = options;
  const registration: JobHandlerRegistration = { job, options: settings, instance };
  return (_target, _methodName, descriptor) => {
    const method: unknown = descriptor.value;
    if (typeof method !== 'function') throw new TypeError('@JobHandler belongs on a method.');
    // Decorators are applied from the bottom up; the list reads from the top down.
    Reflect.defineMetadata(JOB_HANDLER_METADATA, [registration, ...registrationsOf(method)], method);
  };
}

/** The `@JobHandler`s on a method, in the order in which they were written. */
export function registrationsOf(method: object): readonly JobHandlerRegistration[] {
  const found: unknown = Reflect.getOwnMetadata(JOB_HANDLER_METADATA, method);
  return Array.isArray(found) ? (found as JobHandlerRegistration[]) : [];
}
