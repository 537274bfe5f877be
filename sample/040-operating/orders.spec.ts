import { Test, type TestingModule } from '@nestjs/testing';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, Dock, Orders, OrdersModule } from './orders.module.js';

describe('the desk', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let desk: Desk;
  let dock: Dock;

  beforeEach(async () => {
    app = await Test.createTestingModule({ imports: [KyuTestingModule.forRoot(), OrdersModule] }).compile();
    kyu = app.get(KyuTestbed);
    desk = app.get(Desk);
    dock = app.get(Dock);
  });

  afterEach(() => app.close());

  it('stops what leaves, says why, and lets it go on', async () => {
    await kyu.drain();
    await desk.close('ada', 'stocktaking');
    const job = await app.get(Orders).place(1, 'grace');
    await kyu.drain();
    await kyu.advance('1d');
    expect(dock.left).toEqual([]);
    expect(await desk.whereIs(job)).toContain('are paused');
    await desk.reopen('bob');
    await kyu.drain();
    expect(dock.left).toEqual([1]);
    expect(await desk.whereIs(job)).toBe('It is completed. Nothing more happens to it.');
    expect(await desk.diary()).toEqual(['bob: resumeType (1)', 'ada: pauseType (1)']);
  });

  it('puts off what one customer ordered', async () => {
    await app.get(Orders).place(1, 'grace');
    await app.get(Orders).place(2, 'edsger');
    expect(await desk.putOff('grace', 'ada')).toEqual({ matched: 1, affected: 1 });
    await kyu.drain();
    expect(dock.left).toEqual([2]);
    await kyu.advance('1h');
    expect(dock.left).toEqual([2, 1]);
  });

  it('counts what failed, and sends it again', async () => {
    dock.isOnFire = true;
    await app.get(Orders).place(1, 'grace');
    await kyu.drain();
    expect(await desk.countLost()).toBe(1);
    dock.isOnFire = false;
    expect(await desk.sendAgain('ada')).toEqual({ matched: 1, affected: 1 });
    await kyu.drain();
    expect(dock.left).toEqual([1]);
    expect(await desk.diary()).toEqual(['ada: retryMany (1)']);
  });
});
