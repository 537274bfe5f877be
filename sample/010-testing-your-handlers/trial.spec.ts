import { Test, type TestingModule } from '@nestjs/testing';
import { DiscardJob } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule, runJob } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LetterBox, Mailer, TrialModule, Trials, type Letter } from './trial.module.js';

describe('a trial', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let box: LetterBox;

  beforeEach(async () => {
    app = await Test.createTestingModule({ imports: [KyuTestingModule.forRoot(), TrialModule] }).compile();
    kyu = app.get(KyuTestbed);
    box = app.get(LetterBox);
    await app.get(Trials).register('ada@mail.example');
  });

  afterEach(() => app.close());

  it('begins with a letter, and plans another', () => {
    kyu.expectEnqueued('send_letter', { to: 'ada@mail.example', subject: 'Welcome' });
    const reminder = kyu.expectEnqueued('send_letter', { subject: 'Two days left' });
    expect(reminder.scheduledAt).toEqual(new Date(kyu.now().getTime() + 12 * 86_400_000));
    kyu.refuteEnqueued('send_letter', { subject: 'Pay now' });
  });

  it('sends the first letter at once, and the second one in time', async () => {
    await kyu.drain();
    expect(subjects()).toEqual(['Welcome']);
    await kyu.advance('11d');
    expect(subjects()).toEqual(['Welcome']);
    await kyu.advance('1d');
    expect(subjects()).toEqual(['Welcome', 'Two days left']);
  });

  it('tries again while the letter box is full', async () => {
    box.isFull = true;
    expect(await kyu.drain()).toMatchObject({ failed: 1 });
    box.isFull = false;
    expect(await kyu.advance('1s')).toMatchObject({ completed: 1 });
  });

  it('sends no letter twice, whenever a worker dies', async () => {
    kyu.crashBeforeSettle('send_letter');
    expect(await kyu.drain()).toMatchObject({ crashed: 1 });
    expect(await kyu.advance('12s')).toMatchObject({ completed: 1 });
    expect(subjects()).toEqual(['Welcome']);
  });

  it('goes on without Redis', async () => {
    kyu.loseRedis();
    await kyu.drain();
    expect(subjects()).toEqual(['Welcome']);
  });

  const subjects = (): string[] => [...box.sent.values()].map(({ subject }) => subject);
});

describe('the mailer', () => {
  it('gives up an address that is none', async () => {
    const mailer = new Mailer(new LetterBox());
    const letter: Letter = { to: 'nobody', subject: 'Welcome' };
    const { outcome, error } = await runJob((payload: Letter, job) => mailer.send(payload, job), letter);
    expect(outcome).toBe('discarded');
    expect(error).toEqual(new DiscardJob('"nobody" is no address.'));
  });

  it('logs on which attempt it succeeded', async () => {
    const mailer = new Mailer(new LetterBox());
    const letter: Letter = { to: 'ada@mail.example', subject: 'Welcome' };
    const { logs } = await runJob((payload: Letter, job) => mailer.send(payload, job), letter, {
      attempt: 3,
    });
    expect(logs).toEqual(['sent on attempt 3']);
  });
});
