import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, ValidateNested } from 'class-validator';
import { defineJob, JobHandler, KyuPayloadError, KyuProducer, Payload } from 'nestjs-kyu';
import { classSchema } from 'nestjs-kyu/class-validator';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { expect, it, onTestFinished } from 'vitest';
import { SILENT } from '../support/testing/mail-module.js';

class Line {
  @IsInt() count!: number;
}

class OrderDto {
  @IsEmail() customer!: string;
  @Type(() => Line) @ValidateNested({ each: true }) lines!: Line[];

  total(): number {
    return this.lines.reduce((sum, { count }) => sum + count, 0);
  }
}

const PlaceOrder = defineJob('place_order', { schema: classSchema(OrderDto), maxRetries: 0 });

class Orders {
  @JobHandler(PlaceOrder)
  place(@Payload() order: OrderDto): { isOrder: boolean; total: number } {
    return { isOrder: order instanceof OrderDto, total: order.total() };
  }
}

it('F3 a class of class-validator is checked at the enqueue and again before the run, and made an instance', async () => {
  const module = Test.createTestingModule({ imports: [KyuTestingModule.forRoot()], providers: [Orders] });
  const app = await module.setLogger(SILENT).compile();
  onTestFinished(() => app.close());
  const [kyu, producer] = [app.get(KyuTestbed), app.get(KyuProducer)];

  const wrong = { customer: 'nobody', lines: [{ count: 1 }, { count: 0.5 }] };
  const refusal = producer.enqueue(PlaceOrder, wrong);
  await expect(refusal).rejects.toThrow(KyuPayloadError);
  await expect(refusal).rejects.toThrow(/payload\.customer .*payload\.lines\[1\]\.count/);
  expect(await kyu.jobs()).toEqual([]);

  const right = { customer: 'ada@shop.example', lines: [{ count: 2 }, { count: 3 }] };
  const good = await producer.enqueue(PlaceOrder, right);
  // By its name alone nothing is checked, as with a row from elsewhere.
  const foreign = await producer.enqueue('place_order' as never, wrong as never);
  await kyu.drain();
  expect(await kyu.job(good.id)).toMatchObject({ payload: right, result: { isOrder: true, total: 5 } });
  const dead = await kyu.job(foreign.id);
  expect(dead).toMatchObject({ status: 'dead', run: 1 });
  expect(dead.errorMessage).toContain('payload.lines[1].count');
});
