/**
 * Names of queues and job types: letters, digits and `. _ : -`, at most 128, first a letter or a digit.
 * No braces (they would move a Redis key to another cluster slot), no blanks, no control characters.
 */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** What a name may look like, in words, for error messages. */
export const NAME_RULE = 'letters, digits and . _ : - (at most 128, the first a letter or a digit)';

/** Whether a value may name a queue or a job type. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** A PostgreSQL schema that needs no quoting tricks, and leaves room for prepared names, which may have 63 bytes. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,31}$/;

/** What a schema may look like, in words, for error messages. */
export const SCHEMA_RULE = 'lower-case letters, digits and _ (at most 32, the first no digit)';

/** Whether a value may name the ledger's schema. */
export function isSchemaName(value: unknown): value is string {
  return typeof value === 'string' && SCHEMA.test(value) && !value.startsWith('pg_');
}
