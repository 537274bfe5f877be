import { AsyncResource } from 'node:async_hooks';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, isObservable, lastValueFrom, Observable, Subscriber } from 'rxjs';

/** One step of a handler's pipeline: guards, interceptors, or the method itself. */
export type Stage<Context extends ExecutionContext = ExecutionContext> = (execution: Context) => unknown;

/** What an interceptor may answer: a stream, now or later. */
type Intercepted = Observable<unknown> | Promise<Observable<unknown>>;

/**
 * The interceptors around a stage, first = outermost, by the rules of Nest's own consumer:
 * - one `ExecutionContext` for the whole chain, and `intercept` may be async;
 * - nothing further in runs before `handle()` is subscribed to, and each subscription runs it anew (`retry()`);
 * - what is further in runs in the async context of the `handle()` call, wherever the subscription happens, and its
 *   outcome comes back in the context of whoever subscribed;
 * - what is further in has cleaned up (`finalize()`) before it counts as complete;
 * - the last value counts, and a stream that ends without one is an error.
 *
 * Nest builds a handful of operators and promises per interceptor and call; here it is one `Observable`.
 */
export function chainInterceptors<Context extends ExecutionContext>(
  interceptors: readonly NestInterceptor[],
  innermost: Stage<Context>,
): Stage<Context> {
  const [outermost, ...others] = interceptors;
  if (outermost === undefined) return innermost;
  const rest = others.reduceRight<Link<Context>>(interceptorLink, stageLink(innermost));
  return (execution) => {
    const stream: Intercepted = outermost.intercept(execution, new NextLink(rest, execution));
    return isObservable(stream) ? lastValueFrom(from(stream)) : lastValueOfPromised(stream);
  };
}

/** One interceptor, or the innermost stage, as the interceptor further out sees it. */
interface Link<Context> {
  /** Runs it; what comes back is for `deliver` alone. */
  readonly enter: (execution: Context) => unknown;
  readonly deliver: (entered: unknown, subscriber: Subscriber<unknown>) => void;
}

/** `next` of one interceptor in one call. */
class NextLink<Context extends ExecutionContext> implements CallHandler {
  constructor(
    private readonly link: Link<Context>,
    private readonly execution: Context,
  ) {}

  handle(): Observable<unknown> {
    const { link, execution } = this;
    const scope = new AsyncResource('KyuInterceptor');
    return new Observable((subscriber) => {
      // What is thrown here goes to the subscriber: `Observable` sees to it.
      link.deliver(scope.runInAsyncScope(link.enter, undefined, execution), subscriber);
    });
  }
}

function interceptorLink<Context extends ExecutionContext>(
  rest: Link<Context>,
  interceptor: NestInterceptor,
): Link<Context> {
  return {
    enter: (execution) => interceptor.intercept(execution, new NextLink(rest, execution)),
    deliver: (stream, subscriber) =>
      isObservable(stream) ? subscribe(stream, subscriber) : subscribeLater(stream, subscriber),
  };
}

function stageLink<Context extends ExecutionContext>(stage: Stage<Context>): Link<Context> {
  return {
    enter: (execution) => promised(stage, execution),
    deliver: (result, subscriber) => {
      (result as Promise<unknown>).then(
        (value) => emit(value, subscriber),
        (error: unknown) => subscriber.error(error),
      );
    },
  };
}

/** Always a promise, so that no interceptor gets the outcome while it still subscribes, as in Nest. */
function promised<Context extends ExecutionContext>(
  stage: Stage<Context>,
  execution: Context,
): Promise<unknown> {
  try {
    const result = stage(execution);
    return result instanceof Promise ? result : Promise.resolve(result);
  } catch (error) {
    return Promise.reject(error);
  }
}

function emit(value: unknown, subscriber: Subscriber<unknown>): void {
  if (isObservable(value)) {
    // Whoever waited may have gone (`timeout()`): a stream is not started for nobody.
    if (!subscriber.closed) subscribe(value, subscriber);
    return;
  }
  subscriber.next(value);
  subscriber.complete();
}

function subscribe(stream: Observable<unknown>, subscriber: Subscriber<unknown>): void {
  const tidy = new TidySubscriber(subscriber);
  from(stream).subscribe(tidy);
  tidy.hasSubscribed();
}

function subscribeLater(stream: unknown, subscriber: Subscriber<unknown>): void {
  // A promise may resolve to anything, and a broken interceptor may return no stream at all.
  Promise.resolve(stream)
    .then((arrived) => subscribe(from(arrived as Observable<unknown>), subscriber))
    .catch((error: unknown) => subscriber.error(error));
}

/**
 * Cleans up before it passes the completion on, as the operators in Nest's chain do; a stream that completes while it
 * is subscribed to learns only afterwards what there is to clean up.
 */
class TidySubscriber extends Subscriber<unknown> {
  private isSubscribed = false;
  private isComplete = false;

  constructor(private readonly further: Subscriber<unknown>) {
    super(further);
  }

  hasSubscribed(): void {
    this.isSubscribed = true;
    if (this.isComplete) this.further.complete();
  }

  protected override _complete(): void {
    this.unsubscribe();
    this.isComplete = true;
    if (this.isSubscribed) this.further.complete();
  }
}

async function lastValueOfPromised(stream: Promise<Observable<unknown>>): Promise<unknown> {
  return lastValueFrom(from(await stream));
}
