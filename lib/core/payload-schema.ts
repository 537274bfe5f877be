import { KyuPayloadError } from './errors.js';

/** Where in the payload an issue lies: a key, or an object that carries one. */
type SchemaPathSegment = PropertyKey | { readonly key: PropertyKey };

/** One thing that a schema has against a payload. */
interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly SchemaPathSegment[] | undefined;
}

type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/**
 * A Standard Schema (version 1), as Zod, Valibot, ArkType and others offer it. Only the part that Kyu uses is
 * written down, so that no schema library, not even its types, is needed to install Kyu.
 */
export interface PayloadSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a producer must pass for a schema. */
export type SchemaInput<Schema extends PayloadSchema> = NonNullable<Schema['~standard']['types']>['input'];

/** What a handler gets from a schema. */
export type SchemaOutput<Schema extends PayloadSchema> = NonNullable<Schema['~standard']['types']>['output'];

/** More than this helps nobody, and errors are stored. */
const MOST_ISSUES = 10;

/**
 * What the schema makes of the payload: at once, or as a promise when the schema needs time.
 * The ledger keeps what was passed in, not what comes out: the schema is applied again before the run, and a schema
 * that converts (text to a date) could not read its own output.
 * @throws KyuPayloadError (or rejects with it) when the schema refuses; the message names every path
 */
export function applySchema<Output>(
  schema: PayloadSchema<unknown, Output>,
  payload: unknown,
): Output | Promise<Output> {
  const result = schema['~standard'].validate(payload);
  return result instanceof Promise ? result.then(acceptedValue) : acceptedValue(result);
}

function acceptedValue<Output>(result: SchemaResult<Output>): Output {
  if (result.issues === undefined) return result.value;
  throw refusalOf(result.issues);
}

function refusalOf(issues: readonly SchemaIssue[]): KyuPayloadError {
  const [first, ...others] = issues.slice(0, MOST_ISSUES).map(describeIssue);
  const path = first?.path ?? 'payload';
  const reasons = [first?.reason ?? 'is refused by its schema', ...others.map(pathAndReason)];
  if (issues.length > MOST_ISSUES) reasons.push(`and ${issues.length - MOST_ISSUES} more`);
  return new KyuPayloadError(path, reasons.join('; '), 'Pass what the schema of the job type asks for.');
}

interface DescribedIssue {
  readonly path: string;
  readonly reason: string;
}

function describeIssue(issue: SchemaIssue): DescribedIssue {
  return { path: formatPath(issue.path ?? []), reason: `is refused by its schema (${issue.message})` };
}

function pathAndReason(issue: DescribedIssue): string {
  return `${issue.path} ${issue.reason}`;
}

/** Written as in the refusals of payloads that cannot be stored: `payload.items[0].sku`. */
function formatPath(segments: readonly SchemaPathSegment[]): string {
  let path = 'payload';
  for (const segment of segments) {
    const key = typeof segment === 'object' ? segment.key : segment;
    path += typeof key === 'number' ? `[${key}]` : `.${String(key)}`;
  }
  return path;
}
