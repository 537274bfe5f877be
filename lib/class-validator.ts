import { plainToInstance, type ClassTransformOptions } from 'class-transformer';
import { validate, type ValidationError, type ValidatorOptions } from 'class-validator';
import type { PayloadSchema } from './core/payload-schema.js';

/** The options of class-validator (`whitelist`, `forbidNonWhitelisted`, `groups` …), and those of class-transformer. */
export interface ClassSchemaOptions extends ValidatorOptions {
  /** For `plainToInstance`, which makes the instance: `{ enableImplicitConversion: true }`, say. */
  transform?: ClassTransformOptions;
}

/**
 * What a producer may pass for a class: an instance, or a plain object with the same properties. An instant may be
 * text, because text is what the ledger keeps of it.
 */
export type ClassInput<Value> = Value extends Date
  ? Date | string
  : Value extends readonly (infer Item)[]
    ? readonly ClassInput<Item>[]
    : Value extends object
      ? { [Key in keyof Value as Value[Key] extends Method ? never : Key]: ClassInput<Value[Key]> }
      : Value;

type Method = (...given: never[]) => unknown;

/** As `PayloadSchema` wants it. */
interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/**
 * A schema for `defineJob` from a class with the decorators of class-validator and class-transformer. Each payload
 * becomes an instance of the class, which is then validated: when it is enqueued, and again before the run, where the
 * instance reaches the handler. The ledger keeps what was passed in.
 *
 * Validators that answer a promise are waited for. A class without a single
 * decorator refuses every payload, unless `forbidUnknownValues` is false.
 * @param options those of class-validator: by default properties without a decorator are let through
 * @example
 * class SendEmailDto {
 *   @IsEmail() to!: string;
 *   @IsString({ each: true }) tags!: string[];
 * }
 * export const SendEmail = defineJob('send_email', { schema: classSchema(SendEmailDto, { whitelist: true }) });
 */
export function classSchema<Class extends object>(
  type: new () => Class,
  options: ClassSchemaOptions = {},
): PayloadSchema<ClassInput<Class>, Class> {
  const { transform, ...rules } = options;
  return {
    '~standard': {
      version: 1,
      vendor: 'class-validator',
      validate: async (payload) => {
        if (!isPlain(payload))
          return { issues: [{ message: `must be an object of ${type.name}`, path: [] }] };
        const value = plainToInstance(type, payload, transform);
        const errors = await validate(value, rules);
        return errors.length === 0 ? { value } : { issues: issuesOf(errors, []) };
      },
    },
  };
}

/** A list would become a list of instances, and nothing else an instance at all. */
function isPlain(payload: unknown): payload is object {
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload);
}

/** The tree of errors as a list; `parent` leads to what they are about. */
function issuesOf(
  errors: readonly ValidationError[],
  parent: readonly PropertyKey[],
  within?: unknown,
): Issue[] {
  return errors.flatMap(({ property, constraints = {}, children = [], value }) => {
    const path = [...parent, keyOf(property, within)];
    const own = Object.values(constraints).map((message) => ({ message, path }));
    return [...own, ...issuesOf(children, path, value)];
  });
}

/** class-validator names the place in a list as text. */
function keyOf(property: string, within: unknown): PropertyKey {
  return Array.isArray(within) || within instanceof Set ? Number(property) : property;
}
