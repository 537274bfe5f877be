import type { HandlerOptions } from './options.js';
import type { PayloadSchema, SchemaInput, SchemaOutput } from './payload-schema.js';

/**
 * Job types by name, for the string form of `enqueue` and `@JobHandler`. Empty as shipped: then every name and every
 * payload compiles. From the first entry on, a name that is not in it does not.
 * @example
 * declare module 'nestjs-kyu' {
 *   interface KyuJobs {
 *     send_email: { to: string; subject: string };
 *   }
 * }
 */
export interface KyuJobs {}

/** The names that may be written as text: those of `KyuJobs`, or any while it is empty. */
export type JobTypeName = keyof KyuJobs extends never ? string : Extract<keyof KyuJobs, string>;

/** What `defineJob` settles for a job type; `@JobHandler` and the module's `handlers` win over it. */
export type JobDefinitionOptions = Pick<HandlerOptions, 'queue' | 'maxRetries' | 'timeout' | 'backoff'>;

/** A job type as a value: its name together with the types of its payload. Made by `defineJob`. */
export interface JobDefinition<Input = unknown, Output = Input> {
  readonly type: string;
  readonly options: JobDefinitionOptions;
  /** Checks the payload at enqueue and again before the run. */
  readonly schema?: PayloadSchema<Input, Output> | undefined;
  /** Never there: it carries the payload's types, what is enqueued and what the handler gets. */
  readonly '~payload'?: { readonly input: Input; readonly output: Output };
}

/** What `enqueue` and `@JobHandler` take: a name, or a token from `defineJob`. */
export type JobReference = JobTypeName | JobDefinition;

/** What `@JobHandler` takes besides: all types that begin alike, `report:*`. */
export type JobTypePattern = `${string}*`;

/** What `@JobHandler` takes. */
// oxlint-disable-next-line no-redundant-type-constituents -- where `KyuJobs` has entries, a name is not any text
export type HandledReference = JobReference | JobTypePattern;

/** What the jobs of all types with this beginning carry; `unknown` where none of them has a type. */
type PayloadUnder<Prefix extends string> = [Extract<keyof KyuJobs, `${Prefix}${string}`>] extends [never]
  ? unknown
  : KyuJobs[Extract<keyof KyuJobs, `${Prefix}${string}`>];

/** What has to be passed to `enqueue` for a job type; `unknown` for one without types. */
export type PayloadInputOf<Reference extends JobReference> =
  Reference extends JobDefinition<infer Input, unknown>
    ? Input
    : Reference extends keyof KyuJobs
      ? KyuJobs[Reference]
      : unknown;

/** What the handler of a job type, or of all under a pattern, gets; `unknown` for one without types. */
export type PayloadOutputOf<Reference extends HandledReference> =
  Reference extends JobDefinition<unknown, infer Output>
    ? Output
    : Reference extends keyof KyuJobs
      ? KyuJobs[Reference]
      : Reference extends `${infer Prefix}*`
        ? PayloadUnder<Prefix>
        : unknown;

/**
 * What the handler of a job gets.
 * @example
 * send(mail: PayloadOf<typeof SendEmail>) {}
 */
export type PayloadOf<Reference extends JobReference> = PayloadOutputOf<Reference>;

/**
 * Makes a token for a job type: with it `enqueue` checks the payload, and `@JobHandler` the method, at compile time.
 * With a schema the payload is also checked at enqueue and before the run; what the schema makes of it reaches the
 * handler, and the ledger keeps what was enqueued.
 * @example
 * export const SendEmail = defineJob('send_email', { schema: z.object({ to: z.email() }), maxRetries: 8 });
 * export const Resize = defineJob<{ imageId: string }>('resize', { timeout: '2m' });
 */
export function defineJob<Schema extends PayloadSchema>(
  type: string,
  options: JobDefinitionOptions & { schema: Schema },
): JobDefinition<SchemaInput<Schema>, SchemaOutput<Schema>>;
export function defineJob<Payload = unknown>(
  type: string,
  options?: JobDefinitionOptions,
): JobDefinition<Payload>;
export function defineJob(
  type: string,
  options: JobDefinitionOptions & { schema?: PayloadSchema } = {},
): JobDefinition {
  const { schema, ...defaults } = options;
  return { type, options: defaults, schema };
}

/** The name that a reference stands for. */
export function jobTypeOf(reference: HandledReference): string {
  return typeof reference === 'string' ? reference : reference.type;
}
