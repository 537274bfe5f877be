import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KyuPayloadError } from '../../../lib/core/errors.js';
import { applySchema, type PayloadSchema } from '../../../lib/core/payload-schema.js';

type Validate = PayloadSchema['~standard']['validate'];

function schemaOf(validate: Validate): PayloadSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

function refusalOf(schema: PayloadSchema, payload: unknown): KyuPayloadError {
  try {
    void applySchema(schema, payload);
  } catch (error) {
    expect(error).toBeInstanceOf(KyuPayloadError);
    return error as KyuPayloadError;
  }
  throw new Error('the payload was accepted');
}

describe('applySchema', () => {
  it('answers what the schema makes of the payload, at once', () => {
    const schema = z.object({ tries: z.number().default(1), at: z.coerce.date() });
    expect(applySchema(schema, { at: '1970-01-01' })).toEqual({ tries: 1, at: new Date(0) });
  });

  it('waits for a schema that needs time', async () => {
    const schema = z.string().refine((text) => Promise.resolve(text !== 'gone'), 'is gone');
    await expect(applySchema(schema, 'here')).resolves.toBe('here');
    await expect(applySchema(schema, 'gone')).rejects.toThrow(KyuPayloadError);
  });

  it('names every path, and the first one as the field', () => {
    const schema = z.object({ to: z.email(), items: z.array(z.object({ sku: z.string() })) });
    const refusal = refusalOf(schema, { to: 'nobody', items: [{ sku: 'a' }, { sku: 7 }] });
    expect(refusal.field).toBe('payload.to');
    expect(refusal.message).toMatch(
      /payload\.to is refused by its schema \(Invalid email address\); payload\.items\[1\]\.sku is refused/,
    );
  });

  it('reads every form of path', () => {
    const issues = [{ message: 'first' }, { message: 'second', path: [{ key: 'a' }, 0, Symbol('s')] }];
    const refusal = refusalOf(
      schemaOf(() => ({ issues })),
      null,
    );
    expect(refusal.field).toBe('payload');
    expect(refusal.message).toContain('payload.a[0].Symbol(s) is refused by its schema (second)');
  });

  it('keeps the message bounded', () => {
    const issues = Array.from({ length: 1_000 }, (_, index) => ({
      message: `issue ${index}`,
      path: [index],
    }));
    const { message } = refusalOf(
      schemaOf(() => ({ issues })),
      [],
    );
    expect(message).toContain('issue 9');
    expect(message).not.toContain('issue 10');
    expect(message).toContain('and 990 more');
  });

  it('refuses also when the schema does not say why', () => {
    const { message } = refusalOf(
      schemaOf(() => ({ issues: [] })),
      1,
    );
    expect(message).toContain('payload is refused by its schema');
  });

  it('passes on what a broken schema throws', () => {
    const broken = schemaOf(() => {
      throw new TypeError('the schema itself is broken');
    });
    expect(() => applySchema(broken, 1)).toThrow(TypeError);
  });
});
