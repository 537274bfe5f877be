import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
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

/** The same schemas as two libraries write them. */
const LIBRARIES = {
  Zod: {
    converting: z.object({ tries: z.number().default(1), at: z.coerce.date() }),
    slow: z.string().refine((text) => Promise.resolve(text !== 'gone'), 'is gone'),
    nested: z.object({ to: z.email(), items: z.array(z.object({ sku: z.string() })) }),
    noEmail: 'Invalid email address',
  },
  Valibot: {
    converting: v.object({
      tries: v.optional(v.number(), 1),
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
    }),
    slow: v.pipeAsync(
      v.string(),
      v.checkAsync((text) => Promise.resolve(text !== 'gone'), 'is gone'),
    ),
    nested: v.object({ to: v.pipe(v.string(), v.email()), items: v.array(v.object({ sku: v.string() })) }),
    noEmail: 'Invalid email: Received "nobody"',
  },
};

describe.each(Object.entries(LIBRARIES))(
  'F3 applySchema with %s',
  (_, { converting, slow, nested, noEmail }) => {
    it('answers what the schema makes of the payload, at once', () => {
      expect(applySchema(converting, { at: '1970-01-01' })).toEqual({ tries: 1, at: new Date(0) });
    });

    it('waits for a schema that needs time', async () => {
      await expect(applySchema(slow, 'here')).resolves.toBe('here');
      await expect(applySchema(slow, 'gone')).rejects.toThrow(/is gone/);
      await expect(applySchema(slow, 'gone')).rejects.toThrow(KyuPayloadError);
    });

    it('names every path, and the first one as the field', () => {
      const refusal = refusalOf(nested, { to: 'nobody', items: [{ sku: 'a' }, { sku: 7 }] });
      expect(refusal.field).toBe('payload.to');
      expect(refusal.message).toContain(`payload.to is refused by its schema (${noEmail});`);
      expect(refusal.message).toContain('payload.items[1].sku is refused');
    });
  },
);

describe('applySchema', () => {
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
