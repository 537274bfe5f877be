import { describe, expect, it } from 'vitest';
import { queueNames } from '../../../lib/cli/readings/queue-names.js';
import type { QueueNames } from '../../../lib/core/ports/job-lists.js';
import type { KyuOperator } from '../../../lib/kyu.operator.js';
import { FakeShell } from '../../support/cli/fake-shell.js';

/** What is found by an operator whose own queue is `shop`, and what it remarks. */
async function found(answer: QueueNames): Promise<{ names: string[]; remark: string }> {
  const admin = { queueNames: () => Promise.resolve(answer) };
  const operator = { admin, runtime: { queues: ['shop'] } } as unknown as KyuOperator;
  const fake = new FakeShell();
  return { names: await queueNames(operator, fake.shell), remark: fake.complaint };
}

describe('the queues that the command line looks at', () => {
  it('F97 are its own and those of the ledger, each once', async () => {
    expect(await found({ names: ['mail', 'shop'], isComplete: true })).toEqual({
      names: ['mail', 'shop'],
      remark: '',
    });
    expect((await found({ names: ['mail'], isComplete: true })).names).toEqual(['mail', 'shop']);
  });

  it('F97 may be too few in a large ledger, and then it says so', async () => {
    const { names, remark } = await found({ names: ['mail'], isComplete: false });
    expect(names).toEqual(['mail', 'shop']);
    expect(remark).toContain('a queue in which all have ended');
  });
});
