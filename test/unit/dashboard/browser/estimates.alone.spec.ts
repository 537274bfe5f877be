import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fullCounts } from '../../../../lib/dashboard/job-answers.js';
import { partOf, textsIn } from '../../../support/dashboard/shown-text.js';

const counts = fullCounts({ completed: 1_234_567, pending: 12, dead: 10_000 });

// Where the pages are mounted is read from the document when the first of them is loaded.
beforeAll(() => vi.stubGlobal('document', { querySelector: () => null }));
afterAll(() => vi.unstubAllGlobals());

describe('numbers that were not counted', () => {
  it('F92 are shown as estimates on the overview, and no others', async () => {
    const StatusCounts = await partOf('status-counts.tsx', 'StatusCounts');
    const shown = textsIn(StatusCounts({ counts, estimated: ['completed', 'cancelled'] }));
    expect(shown).toContain('completed ≈ 1,234,567');
    expect(shown).toContain('cancelled ≈ 0');
    expect(shown).toContain('pending 12');
    expect(textsIn(StatusCounts({ counts, estimated: [] })).join()).not.toContain('≈');
  });

  it('F92 are shown as estimates beside the list of jobs, and so is their sum', async () => {
    const StatusRail = await partOf('status-rail.tsx', 'StatusRail');
    const shownOf = (more: object): string[] => {
      const counted = { counts, cappedAt: 10_000, estimated: [], countedSince: null, ...more };
      return textsIn(StatusRail({ counted, chosen: undefined, onChoose: () => {} }));
    };
    const estimated = shownOf({ estimated: ['completed'] });
    expect(estimated).toEqual(
      expect.arrayContaining(['All ≈ 1,244,579', 'completed ≈ 1,234,567', 'pending 12']),
    );
    const capped = shownOf({});
    expect(capped).toEqual(expect.arrayContaining(['All 1,244,579+', 'dead 10,000+', 'pending 12']));
    expect(capped.join()).not.toContain('≈');
  });
});
