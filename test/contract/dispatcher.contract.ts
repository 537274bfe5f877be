import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { hintsOf, idsOf, makeHint, makeHints } from '../support/dispatch/hints.js';
import type { Dispatcher } from '../../lib/core/ports/dispatcher.js';

/** A started dispatcher with an empty memory. */
export interface ContractSubject {
  readonly dispatcher: Dispatcher;
  /** The queues that were woken so far. */
  readonly woken: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a subject that serves the queues `shop` and `reports`. */
export type SubjectFactory = (settings: { readonly windowSize: number }) => Promise<ContractSubject>;

const ROOMS = [{ type: 'send_email', size: 10 }];
const WINDOW = 100;

/** What every dispatcher owes to the services, whatever stands behind it. */
export function describeEveryDispatcher(name: string, open: SubjectFactory): void {
  describe(`${name} as any dispatcher`, () => {
    it('says how many hints it keeps', async () => {
      await using subject = await open({ windowSize: 37 });
      expect(subject.dispatcher.windowSize).toBe(37);
    });

    it('leads a worker to an announced job: by its hint, or by sending it to the ledger', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const hint = makeHint();
      await subject.dispatcher.announce('shop', [hint]);
      const taken = await subject.dispatcher.take('shop', ROOMS, 10);
      const leadsToTheJob = taken.kind === 'look' || hintsOf(taken).ids.includes(hint.id);
      expect(leadsToTheJob, `take answered ${JSON.stringify(taken)}`).toBe(true);
    });

    it('wakes the queue of an announcement, and no other', async () => {
      await using subject = await open({ windowSize: WINDOW });
      await subject.dispatcher.announce('shop', [makeHint()]);
      await eventually(() => expect(subject.woken).toContain('shop'));
      expect(subject.woken).not.toContain('reports');
    });

    it('wakes nobody when nothing is announced', async () => {
      await using subject = await open({ windowSize: WINDOW });
      await subject.dispatcher.announce('shop', []);
      await subject.dispatcher.announce('reports', [makeHint()]);
      await eventually(() => expect(subject.woken).toContain('reports'));
      expect(subject.woken).not.toContain('shop');
    });

    it('rejects nothing after its stop, and stops twice', async () => {
      const { dispatcher } = await open({ windowSize: WINDOW });
      await dispatcher.stop();
      await expect(dispatcher.announce('shop', [makeHint()])).resolves.toBeUndefined();
      await expect(dispatcher.take('shop', ROOMS, 10)).resolves.toHaveProperty('kind');
      await expect(dispatcher.restore('shop', 'send_email', [makeHint()], true)).resolves.toEqual({
        added: 0,
      });
      await expect(dispatcher.withdraw('shop', [makeHint()])).resolves.toBeUndefined();
      await expect(dispatcher.withdrawUpTo('shop', [makeHint()])).resolves.toBeUndefined();
      await expect(dispatcher.stop()).resolves.toBeUndefined();
    });
  });
}

/** What a dispatcher owes that has a memory of its own. */
export function describeRememberingDispatcher(name: string, open: SubjectFactory): void {
  describe(`${name} as a dispatcher with a memory`, () => {
    it('hands out by priority over all types, then by age, whatever the order of arrival', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [first, second] = [makeHint({ type: 'send_email' }), makeHint({ type: 'generate_report' })];
      const [third, urgent] = [
        makeHint({ type: 'send_email' }),
        makeHint({ type: 'generate_report', priority: 5 }),
      ];
      const late = makeHint({ type: 'send_email', priority: -5 });
      await subject.dispatcher.announce('shop', [late, third, urgent, second, first]);
      const rooms = [...ROOMS, { type: 'generate_report', size: 10 }];
      const { ids } = hintsOf(await subject.dispatcher.take('shop', rooms, 10));
      expect(ids).toEqual(idsOf([urgent, first, second, third, late]));
    });

    it('F20 F60 hands out no more of several types together than the room that they share', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const reports = [makeHint({ type: 'task:a' }), makeHint({ type: 'task:b', priority: 1 })];
      const more = makeHints(3, { type: 'task:a' });
      const mails = makeHints(2);
      await subject.dispatcher.announce('shop', [...reports, ...more, ...mails]);
      const rooms = [
        { type: 'task:a', size: 3, sharedBy: 'task:*' },
        { type: 'task:b', size: 3, sharedBy: 'task:*' },
        ...ROOMS,
      ];
      const [usual, urgent] = reports;
      const expected = [urgent!, usual!, more[0]!, ...mails]; // both were made above
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 10)).ids).toEqual(idsOf(expected));
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 10)).ids).toEqual(idsOf(more.slice(1)));
    });

    it('F55 moves a hint that is announced again with another priority', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [first, second] = makeHints(2);
      await subject.dispatcher.announce('shop', [first!, second!]); // two were made
      await subject.dispatcher.announce('shop', [{ ...second!, priority: 1 }]); // as above
      const { ids } = hintsOf(await subject.dispatcher.take('shop', ROOMS, 10));
      expect(ids).toEqual([second?.id, first?.id]);
    });

    it('keeps the extremes of priority in order', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const lowest = makeHint({ priority: -2_147_483_648 });
      const highest = makeHint({ priority: 2_147_483_647 });
      const usual = makeHint({ priority: 0 });
      await subject.dispatcher.announce('shop', [lowest, usual, highest]);
      const { ids } = hintsOf(await subject.dispatcher.take('shop', ROOMS, 10));
      expect(ids).toEqual(idsOf([highest, usual, lowest]));
    });

    it('hands out each hint once', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const hints = makeHints(30);
      await subject.dispatcher.announce('shop', hints);
      const takes = await Promise.all(
        [10, 10, 10, 10].map((limit) => subject.dispatcher.take('shop', ROOMS, limit)),
      );
      const ids = takes.flatMap((taken) => hintsOf(taken).ids);
      expect([...ids].sort()).toEqual(idsOf(hints).sort());
    });

    it('gives no more than the limit, and no more of a type than it has room for', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const urgent = makeHints(5, { type: 'generate_report', priority: 9 });
      const usual = makeHints(5, { type: 'send_email' });
      await subject.dispatcher.announce('shop', [...urgent, ...usual]);
      const rooms = [
        { type: 'generate_report', size: 2 },
        { type: 'send_email', size: Infinity },
      ];
      const { ids } = hintsOf(await subject.dispatcher.take('shop', rooms, 4));
      expect(ids).toEqual(idsOf([...urgent.slice(0, 2), ...usual.slice(0, 2)]));
    });

    it('leaves types alone that were not asked for', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const payment = makeHint({ type: 'process_payment', priority: 100 });
      await subject.dispatcher.announce('shop', [payment]);
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([]);
      const rooms = [{ type: 'process_payment', size: 1 }];
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 10)).ids).toEqual([payment.id]);
    });

    it('answers nothing where there is no room at all', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const hint = makeHint();
      await subject.dispatcher.announce('shop', [hint]);
      expect(hintsOf(await subject.dispatcher.take('shop', [], 10)).ids).toEqual([]);
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 0)).ids).toEqual([]);
      const full = [{ type: 'send_email', size: 0 }];
      expect(hintsOf(await subject.dispatcher.take('shop', full, 10)).ids).toEqual([]);
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
    });

    it('keeps queues apart', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const hint = makeHint();
      await subject.dispatcher.announce('reports', [hint]);
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([]);
      expect(hintsOf(await subject.dispatcher.take('reports', ROOMS, 10)).ids).toEqual([hint.id]);
    });

    it('holds a hint once that was announced twice, and puts it where its last priority belongs', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [hint, neighbour] = [makeHint({ priority: 9 }), makeHint({ priority: 5 })];
      await subject.dispatcher.announce('shop', [hint, neighbour]);
      await subject.dispatcher.announce('shop', [{ ...hint, priority: 1 }]);
      const { ids } = hintsOf(await subject.dispatcher.take('shop', ROOMS, 10));
      expect(ids).toEqual(idsOf([neighbour, hint]));
    });

    it('keeps the first of a type that has more than its window, and says when they run low', async () => {
      await using subject = await open({ windowSize: 8 });
      const hints = makeHints(20);
      await subject.dispatcher.announce('shop', hints);
      const rest = hintsOf(await subject.dispatcher.take('shop', ROOMS, 6));
      expect(rest).toMatchObject({ ids: idsOf(hints.slice(0, 6)), lowTypes: [] });
      const low = hintsOf(await subject.dispatcher.take('shop', ROOMS, 6));
      expect(low).toMatchObject({ ids: idsOf(hints.slice(6, 8)), lowTypes: ['send_email'] });
      const again = hintsOf(await subject.dispatcher.take('shop', ROOMS, 6));
      expect(again, 'one process is told, and it restores').toMatchObject({ ids: [], lowTypes: [] });
    });

    it('says how many hints are left of the types that were asked for', async () => {
      await using subject = await open({ windowSize: WINDOW });
      await subject.dispatcher.announce('shop', [...makeHints(7), makeHint({ type: 'resize_image' })]);
      const rooms = [...ROOMS, { type: 'charge_card', size: 10 }];
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 3)).left).toBe(4);
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 3)).left).toBe(1);
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 3)).left).toBe(0);
    });

    it('forgets the hints that are withdrawn, twice over, and no others', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [claimed, left] = [makeHints(3), makeHints(2)];
      const image = makeHint({ type: 'resize_image' });
      await subject.dispatcher.announce('shop', [...claimed, image, ...left]);
      claimed.push(image, makeHint());
      await subject.dispatcher.withdraw('shop', claimed);
      await subject.dispatcher.withdraw('shop', claimed);
      const rooms = [...ROOMS, { type: 'resize_image', size: 10 }];
      const { ids } = hintsOf(await subject.dispatcher.take('shop', rooms, 10));
      expect(ids).toEqual(idsOf(left));
    });

    it('forgets what ranks before the last job that was claimed of each type, twice over, and nothing else', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [urgent, usual, minor] = [
        makeHints(2, { priority: 9 }),
        makeHints(3),
        makeHints(2, { priority: -1 }),
      ] as const;
      const [image, laterImage] = makeHints(2, { type: 'resize_image' });
      const charge = makeHint({ type: 'charge_card' });
      await subject.dispatcher.announce('shop', [...minor, ...usual, ...urgent, image!, laterImage!, charge]); // made above
      const lasts = [usual[1]!, image!]; // made above
      await subject.dispatcher.withdrawUpTo('shop', lasts);
      await subject.dispatcher.withdrawUpTo('shop', lasts);
      const rooms = ['send_email', 'resize_image', 'charge_card'].map((type) => ({ type, size: 10 }));
      const { ids } = hintsOf(await subject.dispatcher.take('shop', rooms, 20));
      expect(ids).toEqual(idsOf([usual[2]!, laterImage!, charge, ...minor])); // made above
    });

    it('forgets up to a job of which it holds no hint, and holds none of it afterwards', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [before, unknown, behind] = makeHints(3);
      await subject.dispatcher.announce('shop', [behind!, before!]); // made above
      await subject.dispatcher.withdrawUpTo('shop', [unknown!]); // made above
      await subject.dispatcher.withdrawUpTo('shop', [makeHint({ type: 'resize_image' })]);
      const rooms = [...ROOMS, { type: 'resize_image', size: 10 }];
      expect(hintsOf(await subject.dispatcher.take('shop', rooms, 10)).ids).toEqual([behind!.id]); // made above
    });

    it('forgets what lies behind a place, of each type, and nothing before it', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const emails = makeHints(5);
      const images = makeHints(2, { type: 'resize_image' });
      const urgent = makeHint({ priority: 3 });
      await subject.dispatcher.announce('shop', [...emails, ...images, urgent]);
      // The third mail was claimed already, and its hint is gone.
      await subject.dispatcher.withdraw('shop', [emails[2]!]); // made above
      await subject.dispatcher.withdrawUpTo('shop', [emails[3]!, images[0]!], emails[1]); // made above
      const rooms = [...ROOMS, { type: 'resize_image', size: 10 }];
      const { ids } = hintsOf(await subject.dispatcher.take('shop', rooms, 20));
      expect(ids).toEqual(idsOf([urgent, emails[0]!, emails[4]!, images[1]!])); // made above
    });

    it('forgets behind a place of which it holds no hint, and holds none of it afterwards', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const [before, place, between, last, behind] = makeHints(5);
      await subject.dispatcher.announce('shop', [before!, between!, behind!]); // made above
      await subject.dispatcher.withdrawUpTo('shop', [last!], place); // made above
      await subject.dispatcher.withdrawUpTo('shop', [last!], place); // made above
      const { ids } = hintsOf(await subject.dispatcher.take('shop', ROOMS, 20));
      expect(ids).toEqual(idsOf([before!, behind!])); // made above
    });

    it('leads to a job that is announced again after its hint was withdrawn', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const hint = makeHint();
      await subject.dispatcher.announce('shop', [hint]);
      await subject.dispatcher.withdraw('shop', [hint]);
      await subject.dispatcher.announce('shop', [hint]);
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
    });

    it('announces more than one call of Redis can carry, in the order of their priorities', async () => {
      await using subject = await open({ windowSize: 10_000 });
      const [usual, urgent] = [makeHints(5_000), makeHints(4_001, { priority: 7 })];
      await subject.dispatcher.announce('shop', [...usual, ...urgent]);
      const taken: string[] = [];
      for (let takes = 0; takes < 10; takes += 1) {
        const rooms = [{ type: 'send_email', size: Infinity }];
        taken.push(...hintsOf(await subject.dispatcher.take('shop', rooms, 1_000)).ids);
      }
      expect(taken).toEqual(idsOf([...urgent, ...usual]));
    });

    it('withdraws more than one call of Redis can carry', async () => {
      await using subject = await open({ windowSize: 10_000 });
      const hints = makeHints(9_001);
      await subject.dispatcher.announce('shop', hints);
      await subject.dispatcher.withdraw('shop', hints.slice(0, 9_000));
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual(
        idsOf(hints.slice(9_000)),
      );
    });

    it('lets an arrival in that outranks the tail of a full window', async () => {
      await using subject = await open({ windowSize: 4 });
      const hints = makeHints(10);
      const urgent = makeHint({ priority: 1 });
      await subject.dispatcher.announce('shop', hints);
      await subject.dispatcher.announce('shop', [urgent]);
      const { ids } = hintsOf(await subject.dispatcher.take('shop', ROOMS, 10));
      expect(ids).toEqual(idsOf([urgent, ...hints.slice(0, 3)]));
    });

    it('never says that a type runs low of which it holds everything', async () => {
      await using subject = await open({ windowSize: 8 });
      const hints = makeHints(8);
      await subject.dispatcher.announce('shop', hints);
      const taken = hintsOf(await subject.dispatcher.take('shop', ROOMS, 10));
      expect(taken).toMatchObject({ ids: idsOf(hints), lowTypes: [] });
    });

    it('restores what is missing, and counts only that', async () => {
      await using subject = await open({ windowSize: WINDOW });
      const hints = makeHints(6);
      await subject.dispatcher.announce('shop', hints.slice(0, 2));
      expect(await subject.dispatcher.restore('shop', 'send_email', hints, true)).toEqual({ added: 4 });
      expect(await subject.dispatcher.restore('shop', 'send_email', hints, true)).toEqual({ added: 0 });
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual(idsOf(hints));
    });

    it('wakes the queue of a restored job', async () => {
      await using subject = await open({ windowSize: WINDOW });
      await subject.dispatcher.restore('reports', 'send_email', [makeHint()], true);
      await eventually(() => expect(subject.woken).toContain('reports'));
      expect(subject.woken).not.toContain('shop');
    });

    it('asks for more after an incomplete restore, and no longer after a complete one', async () => {
      await using subject = await open({ windowSize: 8 });
      const hints = makeHints(6);
      await subject.dispatcher.restore('shop', 'send_email', hints.slice(0, 3), false);
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 3)).lowTypes).toEqual(['send_email']);
      await subject.dispatcher.restore('shop', 'send_email', hints.slice(3, 5), false);
      await subject.dispatcher.restore('shop', 'send_email', hints.slice(5), true);
      const taken = hintsOf(await subject.dispatcher.take('shop', ROOMS, 10));
      expect(taken).toMatchObject({ ids: idsOf(hints.slice(3)), lowTypes: [] });
    });

    it('keeps no more than the window of a restore that is larger', async () => {
      await using subject = await open({ windowSize: 8 });
      const hints = makeHints(20);
      expect(await subject.dispatcher.restore('shop', 'send_email', hints, true)).toEqual({ added: 8 });
      const taken = hintsOf(await subject.dispatcher.take('shop', [{ type: 'send_email', size: 50 }], 50));
      expect(taken).toMatchObject({ ids: idsOf(hints.slice(0, 8)), lowTypes: ['send_email'] });
    });
  });
}
