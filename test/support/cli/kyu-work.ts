import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { buildOnce } from '../build-once.js';
import { TestProcess } from '../child-process.js';
import { eventually } from '../eventually.js';
import { KYU_COMMAND } from './kyu-command.js';

/** The application that it runs. */
export const APPLICATION = fileURLToPath(
  new URL('../../../dist/test/e2e/processes/cli-app.js', import.meta.url),
);

const WORKS = /process (\d+) of \d+ works \(pid (\d+)\)/;

/** A `kyu work` under test, with the processes that it supervises. */
export class KyuWork extends TestProcess {
  /** The pids that worked at some time, by the seat they sat in; the last of each is the one that may live. */
  get pids(): Map<string, number> {
    const found = this.lines.flatMap((line) => {
      const [, seat, pid] = WORKS.exec(line) ?? [];
      return seat === undefined ? [] : [[seat, Number(pid)] as const];
    });
    return new Map(found);
  }

  /** Waits until so many processes have begun to work, those that replaced others counted as well. */
  async begun(count: number): Promise<void> {
    await eventually(
      () => {
        const begun = this.lines.filter((line) => WORKS.test(line)).length;
        if (begun < count) throw new Error(`${begun} of ${count} have begun:\n${this.output}`);
      },
      { withinMs: 30_000 },
    );
  }
}

/** Starts it; it is killed when the test has finished, and its processes end with it. */
export async function startKyuWork(settings: object, ...words: string[]): Promise<KyuWork> {
  await buildOnce();
  const child = spawn(process.execPath, [KYU_COMMAND, ...words], {
    env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', SETTINGS: JSON.stringify(settings) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const work = new KyuWork(child);
  onTestFinished(async () => {
    const pids = [...work.pids.values()];
    child.kill('SIGKILL');
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
    await work.ended;
  });
  return work;
}

/** Whether there is a process with this pid that has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
