import type { INestApplicationContext } from '@nestjs/common';
import { JobHandler, KyuProducer } from 'nestjs-kyu';
import { afterAll, beforeAll, expect, describe, inject, it } from 'vitest';
import { FakeShell } from '../support/cli/fake-shell.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let app: INestApplicationContext;
let queue: string;

class Handlers {
  @JobHandler('fails', { maxRetries: 0 })
  fails(): void {
    throw new Error('no ink');
  }
}

beforeAll(async () => {
  ledger = await TestLedger.open('cli_top');
  const options = ledger.options();
  queue = options.queueName;
  app = await openApp({ kyu: options, providers: [Handlers] });
  const { id } = await app.get(KyuProducer).enqueue('fails', null, { queue });
  await ledger.reaches(id, 'dead');
});

afterAll(async () => {
  await closeOnce(app);
  await ledger.close();
});

describe('kyu top', () => {
  it('F97 shows counts, queues, workers and errors on 80 x 24, and gives the terminal back at q', async () => {
    const shell = new FakeShell({ terminal: { columns: 80, rows: 24 } });
    const where = ['--postgres', inject('databaseUrl'), '--no-redis', '--schema', ledger.schema];
    const end = shell.run('top', ...where, '--queue-name', queue, '--every', '500ms');
    await shell.shows('no ink');
    expect(shell.isRaw).toBe(true);
    expect(shell.stdout.text.startsWith('\u001B[?1049h\u001B[?25l')).toBe(true);
    for (const text of ['kyu top', 'dead 1', 'QUEUE', 'WORKER', 'ERRORS', 'q quit']) {
      expect(shell.shown).toContain(text);
    }
    shell.keys.write('q');
    expect(await end).toBe(0);
    expect(shell.isRaw).toBe(false);
    expect(shell.stdout.text.endsWith('\u001B[?25h\u001B[?1049l')).toBe(true);
  });

  it('ends with an interrupt, too, and says why the figures are old', async () => {
    const shell = new FakeShell({ terminal: { columns: 80, rows: 24 } });
    const where = ['--postgres', inject('databaseUrl'), '--no-redis', '--schema', ledger.schema];
    const end = shell.run('top', ...where, '--every', '500ms');
    await shell.shows('QUEUE');
    await ledger.sql('alter table kyu_jobs rename to kyu_jobs_away');
    await shell.shows('kyu_jobs');
    await ledger.sql('alter table kyu_jobs_away rename to kyu_jobs');
    shell.keys.write('\u0003');
    expect(await end).toBe(0);
  });
});
