/** How a field of the query language is written. */
export interface SearchField {
  readonly name: string;
  /** What may stand behind it. */
  readonly operators: readonly SearchOperator[];
  /** In words, for messages and suggestions. */
  readonly takes: string;
  /** Whether `-field:value` means anything. */
  readonly canBeNegated: boolean;
  /** One that a person would write. */
  readonly example: string;
}

/** What stands between a field and its value. */
export type SearchOperator = ':' | '>' | '<' | '>=' | '<=';

const EQUAL: readonly SearchOperator[] = [':'];
const ORDER: readonly SearchOperator[] = [':', '>', '<', '>=', '<='];
const SPAN: readonly SearchOperator[] = ['>', '<'];

/** Every field, in the order in which it is offered. */
export const SEARCH_FIELDS: readonly SearchField[] = [
  field('status', EQUAL, 'a status', 'status:dead'),
  field('type', EQUAL, 'a job type', 'type:send_email'),
  field('queue', EQUAL, 'a queue', 'queue:reports'),
  field('error', EQUAL, 'text that the last error contains', 'error:"ECONN"'),
  field('tag', EQUAL, 'a tag', 'tag:tenant:42'),
  field('payload.', EQUAL, 'a path and its value: a number, true, false, null or text', 'payload.user.id:42'),
  field('age', SPAN, 'a time span such as 1h or 30m', 'age>1h', 'never'),
  field('created', SPAN, 'a time span or an instant', 'created>2027-01-01', 'never'),
  field('finished', SPAN, 'a time span or an instant', 'finished<1d', 'never'),
  field('priority', ORDER, 'a whole number', 'priority>=5'),
  field('retries', ORDER, 'a whole number', 'retries>2'),
  field('id', EQUAL, 'an id, or its first characters (at least 4)', 'id:019a1b2c'),
  field(
    'worker',
    EQUAL,
    'the id of the worker that runs it, or its first characters (at least 4)',
    'worker:019a1b2c',
  ),
  field('parent', EQUAL, 'the id of the job that enqueued it', 'parent:019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20'),
  field('unique', EQUAL, 'the key of a unique job', 'unique:order-42'),
  field('fingerprint', EQUAL, 'a fingerprint of the page of errors', 'fingerprint:5d41402abc4b2a76'),
  field('archived', EQUAL, 'yes or no', 'archived:yes', 'never'),
];

/** The field of paths into the payload; the path follows. */
export const PAYLOAD_PREFIX = 'payload.';

function field(
  name: string,
  operators: readonly SearchOperator[],
  takes: string,
  example: string,
  negation?: 'never',
): SearchField {
  return { name, operators, takes, example, canBeNegated: negation !== 'never' };
}
