/**
 * The part of JSON Schema 2020-12 that the API needs. The same schema checks a request, is shown in the OpenAPI
 * document, and is what the tests hold every answer against.
 */
export interface Schema {
  readonly type?: SchemaType | readonly SchemaType[];
  readonly description?: string;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: 'date-time' | 'uuid' | 'uri';
  readonly default?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
}

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

type Fields = Readonly<Record<string, Schema>>;

/** An object with exactly these fields; those of `optional` may be left out. */
export function record(fields: Fields, optional: Fields = {}): Schema {
  return {
    type: 'object',
    properties: { ...fields, ...optional },
    required: Object.keys(fields),
    additionalProperties: false,
  };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function oneOf(...names: readonly string[]): Schema {
  return { type: 'string', enum: names };
}

/** The same, or null. */
export function orNull(schema: Schema): Schema {
  if (schema.$ref !== undefined || schema.type === undefined) return { anyOf: [schema, { type: 'null' }] };
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  const values = schema.enum === undefined ? {} : { enum: [...schema.enum, null] };
  return { ...schema, ...values, type: [...types, 'null'] };
}

/** Leads to a shape that has a name in the document. */
export function named(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export const TEXT: Schema = { type: 'string' };
export const FLAG: Schema = { type: 'boolean' };
export const NUMBER: Schema = { type: 'number' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const INTEGER: Schema = { type: 'integer' };
export const INSTANT: Schema = { type: 'string', format: 'date-time' };
export const SPAN: Schema = { type: 'number', description: 'ms' };
export const ANYTHING: Schema = {};
export const OPEN_RECORD: Schema = { type: 'object', additionalProperties: true };
