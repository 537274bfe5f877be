import { Test, type TestingModule } from '@nestjs/testing';
import { JobCancelledError, JobDeadError } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CustomerStore, ImportModule, Imports, Source } from './import.module.js';

const PAGES = [['ada@mail.example', 'bob@mail.example'], ['cyd@mail.example']];
/** Handlers that wait for a signal need no real time. */
const IMPATIENT = { patience: '50ms' };

/** A page that never comes; the read ends when the signal says so. */
const hanging = (_page: string[], signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

describe('an import', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let imports: Imports;
  let source: Source;
  let store: CustomerStore;

  beforeEach(async () => {
    app = await Test.createTestingModule({ imports: [KyuTestingModule.forRoot(), ImportModule] }).compile();
    app.useLogger(false);
    kyu = app.get(KyuTestbed);
    imports = app.get(Imports);
    source = app.get(Source);
    store = app.get(CustomerStore);
    store.transaction = (work) => kyu.transaction(work);
  });

  afterEach(() => app.close());

  it('is waited for, and leaves a protocol', async () => {
    const id = await imports.begin(PAGES);
    const result = imports.result(id);
    await kyu.drain();
    expect(await result).toEqual({ imported: 3 });
    expect(await imports.protocol(id)).toEqual([
      '1: page 1: 2 customers so far',
      '1: page 2: 3 customers so far',
    ]);
    expect((await kyu.job(id)).progress).toEqual({ percent: 100, note: 'page 2' });
  });

  it('is the parent of the letters that it enqueues', async () => {
    const id = await imports.begin(PAGES);
    await kyu.drain();
    const letters = await kyu.jobs({ type: 'welcome' });
    expect(letters.map(({ parentId }) => parentId)).toEqual([id, id, id]);
  });

  it('stops when an operator calls it off', async () => {
    source.read = hanging;
    const id = await imports.begin(PAGES);
    const result = imports.result(id).catch((error: unknown) => error);
    await kyu.advance('1s', IMPATIENT);
    expect(await imports.callOff(id, 'wrong file')).toBe('running');
    expect(await kyu.advance('2s', IMPATIENT)).toMatchObject({ cancelled: 1 });
    expect(await result).toMatchObject({ reason: 'wrong file' });
    expect(await result).toBeInstanceOf(JobCancelledError);
    expect(store.emails.size).toBe(0);
  });

  it('does not begin when nobody wants it any more', async () => {
    const id = await imports.begin(PAGES, new Date(kyu.now().getTime() - 1));
    const result = imports.result(id).catch((error: unknown) => error);
    expect(await kyu.drain()).toMatchObject({ dead: 1, completed: 0 });
    expect(await result).toBeInstanceOf(JobDeadError);
  });

  it('takes a minute for each page, and tells the next attempt when that was not enough', async () => {
    source.read = hanging;
    const id = await imports.begin(PAGES);
    expect(await kyu.advance('60500ms', IMPATIENT)).toMatchObject({ failed: 1 });
    source.read = async (page) => page;
    await kyu.advance('10s');
    const [first] = await imports.protocol(id);
    expect(first).toContain('2: the last attempt ended with: JobTimeoutError');
    expect(await kyu.job(id)).toMatchObject({ status: 'completed', run: 2 });
  });

  it('saves, writes and ends at once, also when its process dies in between', async () => {
    kyu.crashBeforeSettle('import_customers');
    const id = await imports.begin(PAGES);
    expect(await kyu.drain()).toMatchObject({ crashed: 1 });
    expect(await kyu.jobs({ type: 'welcome' })).toEqual([]);
    expect(await kyu.advance('12s')).toMatchObject({ completed: 4 });
    expect(await kyu.job(id)).toMatchObject({ status: 'completed', run: 2, result: { imported: 3 } });
  });
});
