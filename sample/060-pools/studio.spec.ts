import { Test, type TestingModule } from '@nestjs/testing';
import { KyuProducer, KyuWorkers } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Shelf, StudioModule } from './studio.module.js';
import { STUDIO_OPTIONS } from './studio.options.js';

describe('the studio', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let producer: KyuProducer;
  let shelf: Shelf;

  beforeEach(async () => {
    const imports = [KyuTestingModule.forRoot(STUDIO_OPTIONS), StudioModule];
    app = await Test.createTestingModule({ imports }).compile();
    app.useLogger(false);
    [kyu, producer, shelf] = [app.get(KyuTestbed), app.get(KyuProducer), app.get(Shelf)];
  });

  afterEach(() => app.close());

  it('F20 renders every size by one handler, and the poster by its own', async () => {
    for (const size of ['small', 'large', 'poster'])
      await producer.enqueue(`render:${size}`, { name: 'sea' });
    await kyu.drain();
    expect(shelf.pictures.sort()).toEqual(['sea, by hand', 'sea, large', 'sea, small']);
  });

  it('F60 renders two pictures at once, whatever their sizes are', async () => {
    const sizes = ['a3', 'a4', 'a5', 'a6'];
    const items = sizes.flatMap((size) =>
      [1, 2, 3].map(() => ({ type: `render:${size}`, payload: { name: 'sea' } })),
    );
    await producer.enqueueMany(items);
    await kyu.drain();
    expect(shelf.pictures).toHaveLength(12);
    expect(shelf.mostAtOnce).toBe(2);
  });

  it('F36 gives renders the attempts and the time of their queue', async () => {
    const { id } = await producer.enqueue('render:small', { name: 'sea' });
    expect(await kyu.job(id)).toMatchObject({ queue: 'renders', maxRetries: 6, timeoutMs: 1_800_000 });
  });

  it('F40 asks a busy printer again after five seconds, found by the cause of the error', async () => {
    shelf.busyFor = 2;
    await producer.enqueue('print', { name: 'sea' });
    await kyu.advance('9s');
    expect(shelf.pictures).toEqual([]);
    await kyu.advance('1s');
    expect(shelf.pictures).toEqual(['sea, printed']);
  });

  it('F21 buries what nobody in the studio can do', async () => {
    const { id } = await producer.enqueue('frame', { name: 'sea' });
    await kyu.advance('2m');
    expect(await kyu.job(id)).toMatchObject({
      status: 'dead',
      errorMessage: expect.stringContaining('"frame"'),
    });
  });

  it('F23 begins with two workers', async () => {
    await kyu.drain();
    expect(app.get(KyuWorkers).status()).toMatchObject({ state: 'running', size: 2 });
  });
});
