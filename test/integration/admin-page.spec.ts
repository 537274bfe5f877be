import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobStatus } from '../../lib/core/job-status.js';
import { readText } from '../support/deploy/repository.js';
import { codeBlocks } from '../support/docs/markdown.js';
import { compilerComplaints, writeGuide } from '../support/docs/readme-guide.js';
import { completed, discarded, TYPE, useLedger } from '../support/ledger/ledger-stage.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

const PAGE = 'docs/admin.md';
const JOB = '019a1b2c-3d4e-7f50-8a61-7b8c9d0e1f20';
const blocks = codeBlocks(readText(PAGE));

/** The block whose comment begins like this. */
function blockAbout(comment: string): string {
  const found = blocks.find(({ code }) => code.startsWith(`-- ${comment}`));
  if (found === undefined) throw new Error(`${PAGE} has no block about "${comment}".`);
  return found.code;
}

describe('F89 docs/admin.md', () => {
  const stageOf = useLedger(openLedger);
  let subject: PostgresSubject;

  beforeEach(async () => {
    subject = stageOf().ledger as PostgresSubject; // opened as one, just above
  });

  /** Runs a block as somebody at psql would, on the schema of this test. */
  async function run(comment: string): Promise<void> {
    await subject.dataSource.query(blockAbout(comment).replaceAll('kyu.kyu_', `${subject.schema}.kyu_`));
  }

  const statusOf = async (): Promise<JobStatus> => (await stageOf().job(JOB)).status;

  it('F89 its questions in SQL are answered', async () => {
    await stageOf().ran(discarded, { id: JOB });
    for (const comment of ['dead jobs of the last day', 'every run of a job', 'what rests, who works']) {
      await run(comment);
    }
    expect(await statusOf()).toBe('dead');
  });

  it('F58 F89 a pause in SQL keeps jobs from being claimed, until its end', async () => {
    const stage = stageOf();
    const id = await stage.enqueue();
    const other = await stage.enqueue({ queue: 'reports' });
    const worker = await stage.worker({ queues: ['shop', 'reports'] });
    const claim = async (queue: string, job: string): Promise<number> =>
      (await stage.ledger.runs.claimById(worker, queue, [TYPE], [job])).length;
    await run('pause a queue');
    expect(await claim('shop', id)).toBe(0);
    expect(await claim('reports', other)).toBe(0);
    await run('let them go on');
    expect(await claim('shop', id)).toBe(1);
    expect(await claim('reports', other)).toBe(1);
  });

  it('F79 F89 a job is cancelled, put off and run again in SQL', async () => {
    const stage = stageOf();
    await stage.enqueue({ id: JOB });
    await run('put a job off');
    expect(await statusOf()).toBe('scheduled');
    await run('cancel a job');
    expect(await stage.job(JOB)).toMatchObject({ status: 'cancelled', errorMessage: 'duplicate order' });
    await run('run a dead or cancelled job');
    expect(await stage.job(JOB)).toMatchObject({ status: 'pending', retryCount: 0, completedAt: null });
  });

  it('F89 leaves alone what has ended well', async () => {
    await stageOf().ran(completed, { id: JOB });
    for (const comment of ['put a job off', 'cancel a job', 'run a dead or cancelled job'])
      await run(comment);
    expect(await statusOf()).toBe('completed');
  });
});

describe('the snippets of docs/admin.md', async () => {
  const files = blocks.flatMap(({ code }) => {
    const name = /^\/\/ file: ([\w.-]+\.ts)\n/.exec(code)?.[1];
    return name === undefined ? [] : [{ name, code }];
  });
  const guide = await writeGuide(files);

  afterAll(() => guide.remove());

  it('compile', async () => {
    expect(files.length).toBeGreaterThan(4);
    expect(await compilerComplaints(guide.folder)).toBe('');
  });
});
