import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildOnce } from '../support/build-once.js';
import { REPOSITORY } from '../support/sources/module-graph.js';
import { OPTIONAL_PACKAGES } from '../support/sources/optional-packages.js';

/** Runs before anything else is loaded: whoever asks for one of the packages gets what is not installed. */
function hookThatHides(packages: readonly string[]): string {
  const resolver = `export async function resolve(specifier, context, next) {
    const hidden = ${JSON.stringify(packages)};
    if (hidden.some((name) => specifier === name || specifier.startsWith(name + '/'))) {
      throw Object.assign(new Error(specifier + ' is hidden'), { code: 'ERR_MODULE_NOT_FOUND' });
    }
    return next(specifier, context);
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(moduleOf(resolver))});`;
  return moduleOf(register);
}

function moduleOf(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** Loads a built entry in a process of its own, and answers the names that it exports. */
async function load(entry: string, hidden: readonly string[]): Promise<string[]> {
  const program = `import('./dist/${entry}').then((names) => console.log(JSON.stringify(Object.keys(names))))`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', hookThatHides(hidden), '--input-type=module', '--eval', program],
    { cwd: REPOSITORY, env: { PATH: process.env['PATH'] } },
  );
  return JSON.parse(stdout) as string[];
}

describe('an application that has not installed the optional packages', () => {
  beforeAll(() => buildOnce(), 60_000);

  it('loads the library', async () => {
    expect(await load('lib/index.js', OPTIONAL_PACKAGES)).toEqual(
      expect.arrayContaining(['KyuModule', 'KyuProducer']),
    );
  });

  it('loads the test kit', async () => {
    expect((await load('lib/testing.js', OPTIONAL_PACKAGES)).length).toBeGreaterThan(0);
  });

  it('F90 loads the dashboard, without the framework that only serveDashboard() needs', async () => {
    const hidden = [...OPTIONAL_PACKAGES, '@nestjs/platform-fastify'];
    expect(await load('lib/dashboard.js', hidden)).toContain('KyuDashboardModule');
  });

  it('F97 gets the help of the command, without the drivers of the stores as well', async () => {
    const hidden = [...OPTIONAL_PACKAGES, 'pg', 'typeorm', '@nestjs/core'];
    const words = ['--import', hookThatHides(hidden), 'dist/lib/cli/main.js', '--help'];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: REPOSITORY });
    expect(stdout).toContain('Usage: kyu');
  });

  it('loads the migrations', async () => {
    expect(await load('migrations/index.js', OPTIONAL_PACKAGES)).toContain('kyuMigrations');
  });

  it.each([
    ['lib/terminus.js', '@nestjs/terminus'],
    ['lib/metrics.js', 'prom-client'],
    ['lib/otel.js', '@opentelemetry/api'],
    ['lib/class-validator.js', 'class-validator'],
    ['lib/class-validator.js', 'class-transformer'],
    ['lib/index.js', '@nestjs/common'],
  ])('cannot load %s without %s, which shows that they are really hidden', async (entry, name) => {
    await expect(load(entry, [name])).rejects.toThrow(`${name} is hidden`);
  });

  it.each(['lib/terminus.js', 'lib/metrics.js', 'lib/otel.js', 'lib/class-validator.js'])(
    'loads %s where everything is installed',
    async (entry) => {
      expect((await load(entry, [])).length).toBeGreaterThan(0);
    },
  );
});
