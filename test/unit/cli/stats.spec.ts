import { describe, expect, it } from 'vitest';
import { statsOf } from '../../../lib/admin/job-stats.js';
import { textOf } from '../../../lib/cli/commands/stats.js';
import { FakeShell } from '../../support/cli/fake-shell.js';

const groups = [
  { queue: 'shop', type: 'send_email', status: 'completed', count: 1_234_567 },
  { queue: 'shop', type: 'send_email', status: 'dead', count: 3 },
] as const;

describe('what kyu stats shows', () => {
  it('F97 says which numbers are estimates', () => {
    const { shell } = new FakeShell();
    const jobs = statsOf({ groups, estimated: ['completed', 'cancelled'] });
    const shown = textOf(shell, { jobs, queues: [] });
    expect(shown).toContain('about 1,234,570 jobs: ');
    expect(shown).toContain('completed ≈1,234,567, dead 3, cancelled 0');
    expect(shown).toMatch(/send_email .* ≈1,234,567 +3 +0$/m);
  });

  it('F97 says nothing of it where everything was counted', () => {
    const { shell } = new FakeShell();
    const shown = textOf(shell, { jobs: statsOf({ groups, estimated: [] }), queues: [] });
    expect(shown).toContain('1,234,570 jobs: ');
    expect(shown).not.toMatch(/about|≈/);
  });
});
