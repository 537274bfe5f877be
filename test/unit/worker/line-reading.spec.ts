import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { LineReading, type Look } from '../../../lib/worker/line-reading.js';
import { claimOf } from '../../support/worker/claims.js';

const ASKED = 100;

/** A reader, and the clock that it is told. */
function readerAt(startMs = 0) {
  const reading = new LineReading();
  let nowMs = startMs;
  const begin = (): Look => reading.begin(nowMs);
  const end = (look: Look, claims: readonly Claim[]): void =>
    reading.ended(look, { asked: ASKED, claims, nowMs });
  return {
    reading,
    begin,
    end,
    pass: (ms: number) => (nowMs += ms),
    /** A look that brings so many, of ids that grow from look to look; answers where it began. */
    look(tookMs: number, count = ASKED): string | undefined {
      const look = begin();
      nowMs += tookMs;
      end(look, jobs(count));
      return look.after?.id;
    },
  };
}

function jobs(count: number, priority = 0): Claim[] {
  return Array.from({ length: count }, () => claimOf({ priority }));
}

/** One that knows what a job costs behind a place (0.1 ms), and whose last look at the head cost so much more. */
function experienced(headCostMs: number) {
  const reader = readerAt();
  reader.look(10);
  reader.look(10);
  expect(reader.look(10 + headCostMs)).toBeUndefined();
  return reader;
}

describe('LineReading', () => {
  it('begins at the head of the line', () => {
    expect(readerAt().begin().after).toBeUndefined();
  });

  it('goes on behind the last job, as long as it gets all that it asks for', () => {
    const reader = experienced(50);
    const last = jobs(ASKED);
    const look = reader.begin();
    reader.pass(10);
    reader.end(look, last);
    expect(reader.begin().after).toMatchObject({ id: last.at(-1)?.id, priority: 0 });
  });

  it.each([
    ['fewer than it asked for', ASKED - 1],
    ['nothing', 0],
  ])('goes back to the head after a look that brought %s', (_, count) => {
    const reader = experienced(50);
    expect(reader.look(10, count)).toBeDefined();
    expect(reader.begin().after).toBeUndefined();
  });

  it('does not go on behind a line that has ended at its head', () => {
    const reader = readerAt();
    reader.look(10, ASKED - 1);
    expect(reader.begin().after).toBeUndefined();
  });

  it('looks at the head whenever that costs nothing', () => {
    const reader = experienced(0);
    expect(reader.begin().after).toBeUndefined();
  });

  it('knows what the head costs, though its first look found nothing at all', () => {
    const reader = readerAt();
    reader.look(3, 0);
    reader.look(10);
    reader.look(10);
    expect(reader.look(10)).toBeUndefined();
    expect(reader.begin().after).toBeUndefined();
  });

  it('gives the head a tenth of the time, whatever a look at it costs', () => {
    const reader = experienced(50);
    // It began 60 ms ago, and is due again 500 ms after that.
    for (let looks = 0; looks < 44; looks += 1) expect(reader.look(10)).toBeDefined();
    expect(reader.begin().after).toBeUndefined();
  });

  it('does not believe one cheap look that the head is cheap', () => {
    const reader = experienced(50);
    reader.pass(500);
    expect(reader.look(10)).toBeUndefined();
    // Half of what it cost before: due 250 ms after its begin.
    reader.pass(230);
    expect(reader.look(5)).toBeDefined();
    reader.pass(10);
    expect(reader.begin().after).toBeUndefined();
  });

  it('never lets more than a second pass between two looks at the head', () => {
    const reader = experienced(5_000);
    reader.pass(1_000 - 5_010);
    expect(reader.begin().after).toBeUndefined();
  });

  it('does not take a stall for the price of a job', () => {
    const reader = experienced(50);
    reader.look(900);
    // Were a job to cost 9 ms, this look at the head would have been a cheap one.
    expect(reader.look(60)).toBeUndefined();
    expect(reader.begin().after).toBeDefined();
  });

  it('never goes backwards when looks overlap and the later one is answered first', () => {
    const reader = experienced(50);
    const [first, second] = [reader.begin(), reader.begin()];
    const [near, far] = [jobs(ASKED), jobs(ASKED)];
    reader.pass(10);
    reader.end(second, far);
    reader.end(first, near);
    expect(reader.begin().after?.id).toBe(far.at(-1)?.id);
  });

  it('goes on from the last look at the head, though one from behind is answered later', () => {
    const reader = experienced(50);
    const further = reader.begin();
    reader.pass(500);
    const atHead = reader.begin();
    expect(atHead.after).toBeUndefined();
    const urgent = jobs(ASKED, 9);
    reader.pass(50);
    reader.end(atHead, urgent);
    reader.end(further, jobs(ASKED));
    expect(reader.begin().after).toMatchObject({ priority: 9, id: urgent.at(-1)?.id });
  });

  it('begins at the head when it is told to, whatever is still to be answered', () => {
    const reader = experienced(50);
    const look = reader.begin();
    reader.reading.forget();
    reader.end(look, jobs(ASKED));
    expect(reader.begin().after).toBeUndefined();
  });
});
