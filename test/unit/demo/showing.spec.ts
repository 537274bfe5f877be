import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { answerTimeForChaos } from '../../../sample/000-quick-start/demo/chaos/make-chaos.js';
import { ClosingList } from '../../../sample/000-quick-start/demo/closing-list.js';
import { describe as describeJobs } from '../../../sample/000-quick-start/demo/progress.js';
import { openScreen } from '../../../sample/000-quick-start/demo/screen.js';
import { textTable } from '../../../sample/000-quick-start/demo/text-table.js';

const NOTHING = {
  enqueued: 0,
  completed: 0,
  dead: 0,
  cancelled: 0,
  running: 0,
  waiting: 0,
  backingOff: 0,
  scheduled: 0,
};

function streamOf(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 40, write: (text: string) => written.push(text) > 0 };
  return { stream: stream as unknown as WriteStream, written };
}

describe('the progress', () => {
  it('names only what there is', () => {
    expect(describeJobs(NOTHING, 0)).toBe(`[${'-'.repeat(20)}]   0% 0 of 0 jobs ended`);
    const counts = { ...NOTHING, completed: 940, dead: 20, running: 12, waiting: 1_028, backingOff: 3 };
    expect(describeJobs(counts, 2_003)).toBe(
      `[#########-----------]  47% 960 of 2,003 jobs ended · 12 running · 1,028 waiting · 3 to be retried · 20 dead`,
    );
  });

  it('is complete only at the end, and never more than that', () => {
    expect(describeJobs({ ...NOTHING, completed: 1_999 }, 2_000)).toContain('[###################-]  99%');
    expect(describeJobs({ ...NOTHING, completed: 2_001 }, 2_000)).toContain('[####################] 100%');
  });
});

describe('the screen', () => {
  it('replaces the progress line on a terminal, and cuts it to its width', () => {
    const { stream, written } = streamOf(true);
    const screen = openScreen(stream, {});
    screen.progress('x'.repeat(100));
    screen.say('said');
    screen.endProgress();

    const clear = '\r\x1b[2K';
    const line = 'x'.repeat(39);
    expect(written).toEqual([`${clear}${line}`, `${clear}said\n`, `${clear}${line}`, clear]);
  });

  it('prints a line a second elsewhere, and the last one always', () => {
    const { stream, written } = streamOf(false);
    const screen = openScreen(stream, {});
    for (const line of ['first', 'second', 'third']) screen.progress(line);
    screen.endProgress();
    screen.endProgress();

    expect(written).toEqual(['first\n', 'third\n']);
  });

  it('has colours on a terminal alone, and not with NO_COLOR', () => {
    const styled = (isTTY: boolean, environment: NodeJS.ProcessEnv) =>
      openScreen(streamOf(isTTY).stream, environment).styled('green', 'fine');

    expect(styled(true, {})).toBe('\x1b[32mfine\x1b[39m');
    expect([styled(true, { NO_COLOR: '1' }), styled(true, { TERM: 'dumb' }), styled(false, {})]).toEqual(
      Array(3).fill('fine'),
    );
  });
});

describe('a table', () => {
  it('has names to the left and numbers to the right', () => {
    expect(
      textTable([
        ['job type', 'dead'],
        ['send_email', '1'],
        ['all', '10,000'],
      ]),
    ).toEqual(['job type      dead', 'send_email       1', 'all         10,000']);
    expect(textTable([])).toEqual([]);
  });
});

describe('the closing list', () => {
  it('closes the last first, and the others although one fails', async () => {
    const closed: string[] = [];
    const failures: unknown[] = [];
    const list = new ClosingList();
    list.add('stores', async () => void closed.push('stores'));
    list.add('shop', () => Promise.reject(new Error('stuck')));
    list.add('clerk', async () => void closed.push('clerk'));
    const note = (name: string, error: unknown): void => void failures.push([name, error]);
    await list.closeAll(note);
    await list.closeAll(note);

    expect(closed).toEqual(['clerk', 'stores']);
    expect(failures).toEqual([['shop', new Error('stuck')]]);
  });
});

describe('chaos', () => {
  it('makes the gateway slow enough for the faults, and never as slow as the time limit of a payment', () => {
    expect(answerTimeForChaos(1_000)).toBe(480);
    expect(answerTimeForChaos(60)).toBe(4_000);
    expect(answerTimeForChaos(1)).toBe(4_000);
    expect(answerTimeForChaos(100_000)).toBeLessThan(10);
  });
});
