import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import {
  IsDate,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { classSchema, type ClassSchemaOptions } from '../../lib/class-validator.js';
import { KyuPayloadError } from '../../lib/core/errors.js';
import { applySchema } from '../../lib/core/payload-schema.js';

class Item {
  @IsString() sku!: string;
  @Min(1) @IsInt() count!: number;
}

class Letter {
  @IsEmail() to!: string;
  @IsOptional() @IsString({ each: true }) tags?: string[];
  @Type(() => Date) @IsDate() @IsOptional() at?: Date;
  @Type(() => Item) @ValidateNested({ each: true }) @IsOptional() items?: Item[];
  @Type(() => Item) @ValidateNested() @IsOptional() gift?: Item;

  get domain(): string {
    return this.to.slice(this.to.indexOf('@') + 1);
  }
}

const apply = async (payload: unknown, options?: ClassSchemaOptions): Promise<Letter> =>
  applySchema(classSchema(Letter, options), payload);

async function refusalOf(payload: unknown, options?: ClassSchemaOptions): Promise<KyuPayloadError> {
  const error: unknown = await apply(payload, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KyuPayloadError);
  return error as KyuPayloadError;
}

describe('classSchema', () => {
  it('F3 makes an instance of the class, nested ones included', async () => {
    const letter = await apply({
      to: 'ada@shop.example',
      at: '2030-01-01T00:00:00Z',
      items: [{ sku: 'a', count: 2 }],
    });
    expect(letter).toBeInstanceOf(Letter);
    expect(letter.domain).toBe('shop.example');
    expect(letter.at).toEqual(new Date('2030-01-01T00:00:00Z'));
    expect(letter.items?.[0]).toBeInstanceOf(Item);
  });

  it('takes an instance as well, and leaves it as it was', async () => {
    const given = Object.assign(new Letter(), { to: 'ada@shop.example' });
    const letter = await apply(given);
    expect(letter).not.toBe(given);
    expect(letter).toEqual(given);
  });

  it('F3 names every path, in objects and lists', async () => {
    const refusal = await refusalOf({
      to: 'nobody',
      tags: ['a', 7],
      items: [
        { sku: 'a', count: 1 },
        { sku: 7, count: 0 },
      ],
      gift: { sku: 'b', count: 1.5 },
    });
    expect(refusal.field).toBe('payload.to');
    for (const part of [
      'payload.to is refused by its schema (to must be an email)',
      'payload.tags is refused by its schema (each value in tags must be a string)',
      'payload.items[1].sku is refused by its schema (sku must be a string)',
      'payload.items[1].count is refused by its schema (count must not be less than 1)',
      'payload.gift.count is refused by its schema (count must be an integer number)',
    ]) {
      expect(refusal.message).toContain(part);
    }
    expect(refusal.message).not.toContain('items[0]');
  });

  it('lets through, takes away or refuses what the class does not know, as it is told', async () => {
    const payload = { to: 'ada@shop.example', extra: 1 };
    expect(await apply(payload)).toMatchObject({ extra: 1 });
    expect(await apply(payload, { whitelist: true })).not.toHaveProperty('extra');
    const refusal = await refusalOf(payload, { whitelist: true, forbidNonWhitelisted: true });
    expect(refusal.message).toContain(
      'payload.extra is refused by its schema (property extra should not exist)',
    );
    expect(payload).toEqual({ to: 'ada@shop.example', extra: 1 });
  });

  it('hands its options to class-transformer', async () => {
    class Count {
      @IsInt() count!: number;
    }
    const options = { transform: { enableImplicitConversion: true } };
    expect(await applySchema(classSchema(Count, options), { count: '7' })).toEqual({ count: 7 });
    await expect(applySchema(classSchema(Count), { count: '7' })).rejects.toThrow(/payload\.count/);
  });

  it.each([null, 'text', 7, true, [], [{ to: 'ada@shop.example' }], undefined])(
    'refuses %j, which is no object',
    async (payload) => {
      expect((await refusalOf(payload)).message).toContain(
        'payload is refused by its schema (must be an object of Letter)',
      );
    },
  );

  it('waits for validators that take time', async () => {
    class Account {
      @ValidateBy({
        name: 'isKnown',
        validator: {
          validate: (name) => Promise.resolve(name === 'ada'),
          defaultMessage: () => 'is unknown',
        },
      })
      name!: string;
    }
    await expect(applySchema(classSchema(Account), { name: 'ada' })).resolves.toEqual({ name: 'ada' });
    await expect(applySchema(classSchema(Account), { name: 'eve' })).rejects.toThrow('is unknown');
  });

  it('refuses what a class without decorators is given: that would check nothing', async () => {
    class Bare {
      to!: string;
    }
    await expect(applySchema(classSchema(Bare), { to: 'a' })).rejects.toThrow(KyuPayloadError);
  });

  it('passes on what a broken class throws', async () => {
    class Broken {
      @Transform(() => {
        throw new TypeError('the class itself is broken');
      })
      to!: string;
    }
    await expect(applySchema(classSchema(Broken), { to: 'a' })).rejects.toThrow(TypeError);
  });
});
