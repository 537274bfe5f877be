import { describe, expect, it } from 'vitest';
import { MemoryDispatcher } from '../../lib/testing/memory-dispatcher.js';
import { hintsOf, idsOf, makeHint, makeHints } from '../support/dispatch/hints.js';
import { restoreAll } from '../support/dispatch/restore-all.js';
import {
  describeEveryDispatcher,
  describeRememberingDispatcher,
  type SubjectFactory,
} from './dispatcher.contract.js';

const ROOMS = [{ type: 'send_email', size: 10 }];

const inMemory: SubjectFactory = async ({ windowSize }) => {
  const woken: string[] = [];
  const dispatcher = new MemoryDispatcher({ windowSize, onWake: (queue) => woken.push(queue) });
  await dispatcher.start();
  await restoreAll(dispatcher, ['shop', 'reports']);
  return { dispatcher, woken, [Symbol.asyncDispose]: () => dispatcher.stop() };
};

describeEveryDispatcher('memory', inMemory);
describeRememberingDispatcher('memory', inMemory);

describe('a memory dispatcher', () => {
  it('stands for the one over Redis', () => {
    expect(new MemoryDispatcher()).toMatchObject({ mode: 'redis', windowSize: 10_000 });
  });

  it('says once of each queue that it hears of for the first time that it must be restored', async () => {
    const dispatcher = new MemoryDispatcher();
    expect(await dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    expect(await dispatcher.take('shop', ROOMS, 10)).toEqual({
      kind: 'hints',
      ids: [],
      lowTypes: [],
      left: 0,
    });
    expect(await dispatcher.take('reports', ROOMS, 10)).toEqual({ kind: 'forgotten' });
  });

  it('loses everything when it forgets, says so once per queue, and holds what it is told afterwards', async () => {
    const dispatcher = new MemoryDispatcher();
    await restoreAll(dispatcher, ['shop', 'reports']);
    await dispatcher.announce('shop', makeHints(3));
    await dispatcher.announce('reports', makeHints(3));
    dispatcher.forget();
    const late = makeHint();
    await dispatcher.announce('shop', [late]);
    expect(await dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 10)).ids).toEqual([late.id]);
    expect(await dispatcher.take('reports', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    expect(hintsOf(await dispatcher.take('reports', ROOMS, 10)).ids).toEqual([]);
  });

  it('keeps its memory when nothing can be taken anyway', async () => {
    const dispatcher = new MemoryDispatcher();
    expect(await dispatcher.take('shop', [], 10)).toEqual({ kind: 'hints', ids: [], lowTypes: [], left: 0 });
    expect(await dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
  });

  it('lets no arrival overtake older jobs that its window never showed', async () => {
    const dispatcher = new MemoryDispatcher({ windowSize: 4 });
    await restoreAll(dispatcher, ['shop']);
    const hints = makeHints(8);
    await dispatcher.announce('shop', hints.slice(0, 7));
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 2)).ids).toEqual(idsOf(hints.slice(0, 2)));
    await dispatcher.announce('shop', hints.slice(7));
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 10)).ids).toEqual(idsOf(hints.slice(2, 4)));
  });

  it('works again after a stop and a start', async () => {
    const dispatcher = new MemoryDispatcher();
    await restoreAll(dispatcher, ['shop']);
    await dispatcher.stop();
    await dispatcher.start();
    const hint = makeHint();
    await dispatcher.announce('shop', [hint]);
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
  });
});
