// Drives the dashboard as a person would: `npm run test:browser -- [what vitest takes]`.
// Needs Chromium: on Debian as root it is installed, elsewhere CHROMIUM_PATH names it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const chromium = findChromium() ?? installChromium();
if (chromium === undefined) {
  console.error(
    'These tests need Chromium. Install it with the packages of your system (Debian, Ubuntu: `sudo apt-get install chromium`), ' +
      'or set CHROMIUM_PATH to where it is.',
  );
  process.exit(1);
}
process.exitCode = await runVitest(process.argv.slice(2));

function findChromium() {
  return PLACES.find((place) => place !== undefined && existsSync(place));
}

/** Only where it can be done without asking anybody: as root, on a system of Debian's kind. */
function installChromium() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.log('Installing Chromium with apt-get.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (...words) => spawnSync('apt-get', words, { stdio: 'inherit', env }).status === 0;
  if (!install('update')) return undefined;
  return install('install', '--yes', '--no-install-recommends', 'chromium') ? findChromium() : undefined;
}

function runVitest(others) {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...others], {
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM_PATH: chromium },
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}
