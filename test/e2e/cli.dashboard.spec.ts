import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { buildOnce } from '../support/build-once.js';
import { TestProcess } from '../support/child-process.js';
import { FakeShell } from '../support/cli/fake-shell.js';
import { KYU_COMMAND } from '../support/cli/kyu-command.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let where: string[];

beforeAll(async () => {
  await buildOnce();
  ledger = await TestLedger.open('cli_dashboard');
  where = ['--postgres', inject('databaseUrl'), '--no-redis', '--schema', ledger.schema];
  expect(await new FakeShell().run('migrate', 'up', ...where)).toBe(0);
});

afterAll(() => ledger.close());

describe('kyu dashboard', () => {
  it('F97 serves the API of the dashboard on this machine, to look at, until it is interrupted', async () => {
    const child = spawn(
      process.execPath,
      [KYU_COMMAND, 'dashboard', '--port', '0', '--read-only', ...where],
      {
        env: { PATH: process.env['PATH'] ?? '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const dashboard = new TestProcess(child);
    const line = await dashboard.says('The dashboard is at ');
    const url = line.slice('The dashboard is at '.length).replace(/\/$/, '');
    expect(new URL(url).hostname).toMatch(/^(?:127\.0\.0\.1|localhost)$/);
    const answer = await fetch(`${url}/api/v1/config`);
    expect(await answer.json()).toMatchObject({ data: { readOnly: true } });
    dashboard.kill('SIGINT');
    expect(await dashboard.ended, dashboard.output).toEqual({ code: 0, signal: null });
  });

  it('refuses an address that others reach when nothing keeps anybody out', async () => {
    const shell = new FakeShell();
    expect(await shell.run('dashboard', '--host', '0.0.0.0', '--port', '0', ...where)).not.toBe(0);
    expect(shell.complaint).toMatch(/guards|basicAuth|KYU_DASHBOARD/);
  });
});
