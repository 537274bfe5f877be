import { Test, type TestingModule } from '@nestjs/testing';
import { JobNotFoundError, KyuProducer } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Records, RecordsModule } from './records.module.js';
import { retention } from './retention.js';

/** A letter that cannot be sent is no news here. */
const quiet = { log() {}, warn() {}, error() {}, debug() {} };

describe('the records of a shop', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let producer: KyuProducer;
  let records: Records;

  beforeEach(async () => {
    app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ retention, logger: quiet }), RecordsModule],
    }).compile();
    kyu = app.get(KyuTestbed);
    producer = app.get(KyuProducer);
    records = app.get(Records);
  });

  afterEach(() => app.close());

  it('lose a letter after a day, an image after a week, and an invoice never', async () => {
    const letter = await producer.enqueue('send_letter', { to: 'ada@shop.example' });
    const image = await producer.enqueue('resize_image', {});
    const invoice = await producer.enqueue('book_invoice', { amount: 12 });
    const waiting = await producer.enqueue('resize_image', {}, { delay: '1000d' });
    await kyu.drain();

    await kyu.advance('2d');
    await expect(kyu.job(letter.id)).rejects.toThrow(JobNotFoundError);
    expect(await kyu.job(image.id)).toMatchObject({ status: 'completed' });

    await kyu.advance('6d');
    await expect(kyu.job(image.id)).rejects.toThrow(JobNotFoundError);

    await kyu.advance('900d');
    expect(await kyu.job(invoice.id)).toMatchObject({ result: { booked: 12 }, archivedAt: null });
    expect(await kyu.job(waiting.id)).toMatchObject({ status: 'scheduled' });
  });

  it('archive what died, where it is still found with its runs', async () => {
    const { id } = await producer.enqueue('send_letter', { to: 'nobody' });
    await kyu.drain();
    await kyu.advance('29d');
    expect(await records.oldFailures('send_letter')).toEqual([]);

    await kyu.advance('2d');
    expect(await records.oldFailures('send_letter')).toMatchObject([{ id, archivedAt: expect.any(Date) }]);
    expect(await records.story(id)).toMatchObject({
      job: { status: 'dead', payload: { to: 'nobody' } },
      outcomes: ['discarded'],
    });
    expect(await kyu.jobs()).toEqual([]);
  });
});
