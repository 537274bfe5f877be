import type { Type } from '@nestjs/common';
import type { HandlerOptions } from '../core/options.js';
import type { PayloadSchema } from '../core/payload-schema.js';
import type { InstanceWrapper } from './nest-internals.js';

/** A method that was found to be the handler of a job type: plain data, nothing is set up yet. */
export interface DiscoveredHandler {
  readonly type: string;
  /** What the decorator says, over what the token says. */
  readonly options: HandlerOptions;
  /** Of the token, when it has one. */
  readonly schema: PayloadSchema | undefined;
  /** The Kyu instance that runs it. */
  readonly instance: string;
  readonly className: string;
  readonly methodName: string;
  /** The module that holds the provider or controller. */
  readonly moduleName: string;
  /** Where it is written, for people: `Mailer.send`. */
  readonly source: string;
  /** Nest's record of the provider or controller. */
  readonly wrapper: InstanceWrapper;
  /** The class whose prototype holds the method. */
  readonly classRef: Type<unknown>;
  /** The decorated function; interceptors, pipes, guards and filters are read from it. */
  readonly method: (...values: never[]) => unknown;
  /** An instance of its own for each job: request-scoped, transient, or depending on something that is. */
  readonly isRequestScoped: boolean;
}

/** `Mailer.send in MailModule`: two modules may provide the same class. */
export function placeOf(handler: DiscoveredHandler): string {
  return `${handler.source} in ${handler.moduleName}`;
}
