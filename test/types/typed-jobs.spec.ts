import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const COMPILER = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const PROJECT = fileURLToPath(new URL('augmented/tsconfig.json', import.meta.url));

interface Verdict {
  readonly ok: boolean;
  readonly complaints: string;
}

function compile(project: string): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMPILER, '-p', project], (error, output, warnings) =>
      resolve({ ok: error === null, complaints: output + warnings }),
    );
  });
}

// An augmentation is global to a program, so this one must not be part of the program that holds everything else.
it('KyuJobs, augmented by an application, types the string form and refuses other names', async () => {
  expect(await compile(PROJECT)).toEqual({ ok: true, complaints: '' });
}, 60_000);
