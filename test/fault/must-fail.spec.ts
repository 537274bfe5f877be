import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordFigure } from '../support/fault/figures.js';
import { FLAW_NAMES, type FlawName } from '../support/fault/flaw-names.js';
import type { Finding, RuleName } from '../support/fault/history.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { forgedHint } from '../support/fault/scenarios/forged-hint.js';
import { lateCommit } from '../support/fault/scenarios/late-commit.js';
import { lateSettle } from '../support/fault/scenarios/late-settle.js';
import { longRun } from '../support/fault/scenarios/long-run.js';
import { openTransaction } from '../support/fault/scenarios/open-transaction.js';
import type { Scenario } from '../support/fault/scenarios/scenario.js';
import { unevenReturn } from '../support/fault/scenarios/uneven-return.js';

/** Where each flaw shows, and the rules that see it. */
const CASES: Readonly<
  Record<FlawName, { readonly scenario: Scenario; readonly seenBy: readonly RuleName[] }>
> = {
  'settle-without-fence': { scenario: lateSettle, seenBy: ['stale-settle'] },
  'claim-without-status-guard': { scenario: forgedHint, seenBy: ['illegal-transition', 'overlap'] },
  'rescue-by-time-alone': { scenario: longRun, seenBy: ['false-rescue', 'overlap'] },
  'announce-before-commit': { scenario: openTransaction, seenBy: ['late-start'] },
  'reconcile-by-high-water-mark': { scenario: lateCommit, seenBy: ['late-start'] },
  'reaper-without-gap-rule': { scenario: unevenReturn, seenBy: ['false-rescue', 'overlap'] },
};

describe('a flawed Kyu', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
    recordFigure('must_fail_variants', FLAW_NAMES.length);
  });

  afterAll(() => laboratory.close());

  it.each(FLAW_NAMES)('is seen by the checker, and Kyu as it is passes the same: %s', async (flaw) => {
    const { scenario, seenBy } = CASES[flaw];
    // Side by side: both wait for the same leases most of the time.
    const [flawed, sound] = await Promise.all([findingsOf(scenario, flaw), findingsOf(scenario, undefined)]);
    console.log(
      `Flaw ${flaw}: ${flawed.map(({ detail, rule }) => `${rule} (${detail})`).join('; ') || 'unseen'}.`,
    );
    expect(sound).toEqual([]);
    expect(flawed.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...seenBy]));
    recordFigure('must_fail_variants_caught', 1);
  });

  async function findingsOf(scenario: Scenario, flaw: FlawName | undefined): Promise<readonly Finding[]> {
    await using round = await laboratory.round(scenario.settings);
    return (await scenario.play(round, flaw, laboratory)).findings;
  }
});
