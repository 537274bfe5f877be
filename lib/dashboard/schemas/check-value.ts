import { describeValue } from '../../core/redact.js';
import type { Schema, SchemaType } from './schema.js';

/** What is wrong with a value, and where; nothing when it fits. Stops at the first mistake. */
export function objectionTo(value: unknown, schema: Schema, path = 'body'): string | undefined {
  if (schema.anyOf !== undefined) return objectionToAll(value, schema.anyOf, path);
  if (schema.type !== undefined && !typesOf(schema).some((type) => isOfType(value, type))) {
    return `${path} is ${describeValue(value)}; give ${typesOf(schema).join(' or ')}`;
  }
  if (schema.enum !== undefined && !schema.enum.some((allowed) => allowed === value)) {
    return `${path} is ${describeValue(value)}; give one of ${schema.enum.join(', ')}`;
  }
  if (typeof value === 'string') return objectionToText(value, schema, path);
  if (typeof value === 'number') return objectionToNumber(value, schema, path);
  if (Array.isArray(value)) return objectionToList(value, schema, path);
  if (typeof value === 'object' && value !== null) return objectionToObject(value, schema, path);
  return undefined;
}

function objectionToAll(value: unknown, schemas: readonly Schema[], path: string): string | undefined {
  const objections = schemas.map((schema) => objectionTo(value, schema, path));
  return objections.includes(undefined) ? undefined : objections[0];
}

function objectionToText(value: string, schema: Schema, path: string): string | undefined {
  const { minLength = 0, maxLength = Infinity } = schema;
  if (value.length < minLength) return `${path} is too short; give at least ${minLength} characters`;
  if (value.length > maxLength) return `${path} is too long; give at most ${maxLength} characters`;
  return undefined;
}

function objectionToNumber(value: number, schema: Schema, path: string): string | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value >= minimum && value <= maximum) return undefined;
  return `${path} is ${value}; give a number from ${minimum} to ${maximum}`;
}

function objectionToList(value: readonly unknown[], schema: Schema, path: string): string | undefined {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  if (value.length < minItems || value.length > maxItems) {
    return `${path} has ${value.length} items; give ${minItems} to ${maxItems}`;
  }
  if (items === undefined) return undefined;
  return firstOf(value.map((item, index) => () => objectionTo(item, items, `${path}[${index}]`)));
}

function objectionToObject(value: object, schema: Schema, path: string): string | undefined {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${path}.${missing} is missing`;
  const members = Object.entries(value as Record<string, unknown>);
  return firstOf(
    members.map(([name, member]) => () => {
      const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (known !== undefined) return objectionTo(member, known, `${path}.${name}`);
      if (additionalProperties !== false) return undefined;
      return `${path} has a field ${describeValue(name)}; give only ${Object.keys(properties).join(', ')}`;
    }),
  );
}

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const objection = check();
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function typesOf({ type }: Schema): readonly SchemaType[] {
  if (type === undefined) return [];
  return typeof type === 'string' ? [type] : type;
}

function isOfType(value: unknown, type: SchemaType): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    default:
      return typeof value === type;
  }
}
