import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { LoggingRun } from '../../../lib/worker/run-log.js';
import { claimOf, settled } from '../../support/worker/claims.js';
import { RunStage } from '../../support/worker/run-stage.js';

function stageOf(): { stage: RunStage; run: (claim?: Claim) => LoggingRun } {
  const stage = new RunStage(() => undefined);
  const run = (claim = claimOf()): LoggingRun => ({
    claim,
    times: { claimedAtMs: stage.clock.monotonicMs() },
    ended: false,
    loggedLines: 0,
  });
  return { stage, run };
}

describe('RunLog', () => {
  it('writes the lines of all runs together, a few times a second', async () => {
    const { stage, run } = stageOf();
    const [first, second] = [run(), run()];
    stage.log.add(first, 'one');
    stage.clock.advance(100);
    stage.log.add(first, 'two');
    stage.log.add(second, 'three');
    await settled();
    expect(stage.openRuns.writes).toEqual([]);
    stage.clock.advance(150);
    await settled();
    expect(stage.openRuns.writes).toEqual([
      [
        { claim: first.claim, line: 1, afterMs: 0, message: 'one' },
        { claim: first.claim, line: 2, afterMs: 100, message: 'two' },
        { claim: second.claim, line: 1, afterMs: 100, message: 'three' },
      ],
    ]);
  });

  it('has no timer and no statement while nobody logs', async () => {
    const { stage, run } = stageOf();
    const { claim } = run();
    expect(stage.log.whenWritten(claim)).toBeUndefined();
    expect(stage.clock.timers).toBe(0);
    stage.log.add(run(), 'once');
    stage.clock.advance(250);
    await settled();
    stage.clock.advance(10_000);
    expect(stage.clock.timers).toBe(0);
    expect(stage.openRuns.writes).toHaveLength(1);
  });

  it('writes at once for a run that is about to be settled, and only then', async () => {
    const { stage, run } = stageOf();
    const logging = run();
    stage.log.add(logging, 'the last words');
    expect(stage.log.whenWritten(claimOf())).toBeUndefined();
    await stage.log.whenWritten(logging.claim);
    expect(stage.openRuns.lines).toEqual(['the last words']);
    expect(stage.log.whenWritten(logging.claim)).toBeUndefined();
  });

  it('keeps 1,000 lines of a run, and says that there were more', async () => {
    const { stage, run } = stageOf();
    const logging = run();
    for (let line = 1; line <= 1_500; line += 1) stage.log.add(logging, `line ${line}`);
    await stage.log.whenWritten(logging.claim);
    const { lines } = stage.openRuns;
    expect(lines).toHaveLength(1_001);
    expect(lines[999]).toBe('line 1000');
    expect(lines[1_000]).toContain('more than 1000 lines');
  });

  it('cuts a line at 2,000 characters, and keeps it storable', async () => {
    const { stage, run } = stageOf();
    const logging = run();
    stage.log.add(logging, 'x'.repeat(5_000));
    stage.log.add(logging, `nul ${String.fromCharCode(0)}`);
    await stage.log.whenWritten(logging.claim);
    expect(stage.openRuns.lines.map(({ length }) => length)).toEqual([2_000, 5]);
    expect(stage.openRuns.lines[1]).toBe('nul \ufffd');
  });

  it('keeps nothing of a run that has ended', () => {
    const { stage, run } = stageOf();
    stage.log.add({ ...run(), ended: true }, 'too late');
    expect(stage.clock.timers).toBe(0);
  });

  it('loses lines that cannot be written, and holds up no settlement for them', async () => {
    const { stage, run } = stageOf();
    stage.openRuns.keepLogLines = () => Promise.reject(new Error('no ledger'));
    const logging = run();
    stage.log.add(logging, 'lost');
    await stage.log.whenWritten(logging.claim);
    expect(stage.failures).toEqual(['log']);
    expect(stage.log.whenWritten(logging.claim)).toBeUndefined();
  });
});
