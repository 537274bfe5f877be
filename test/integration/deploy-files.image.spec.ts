import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeFile, environmentOf, serviceOf } from '../support/deploy/compose-file.js';
import {
  copies,
  dockerfileStages,
  execForm,
  ignoredByDocker,
  textsOf,
} from '../support/deploy/dockerfile.js';
import { inRepository, readJson, readText } from '../support/deploy/repository.js';

/** The services that run the image. */
const SAMPLE_SERVICES = ['api', 'worker', 'outside', 'orders'];

describe('deploy/Dockerfile', () => {
  const [build, runtime, ...others] = dockerfileStages();
  const manifest = readJson('package.json') as { engines: { node: string }; scripts: Record<string, string> };
  if (build === undefined || runtime === undefined) throw new Error('The Dockerfile needs two stages.');

  it('builds in one stage with npm ci and npm run build, and runs in another', () => {
    expect(others).toEqual([]);
    expect(textsOf(build, 'RUN')).toEqual(['npm ci', 'npm run build']);
    expect(Object.keys(manifest.scripts)).toContain('build');
  });

  it('builds as the demo does', () => {
    const { predemo = '', demo = '' } = manifest.scripts;

    expect(`${predemo} ${demo}`).toContain('npm run build');
  });

  it('installs before the sources are there, so no script of the package may run then', () => {
    const early = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];

    expect(Object.keys(manifest.scripts).filter((name) => early.includes(name))).toEqual([]);
  });

  it('runs the oldest Node that the package supports', () => {
    const oldest = /\d+\.\d+/.exec(manifest.engines.node)?.[0];

    expect([build.image, runtime.image]).toEqual([
      `node:${oldest}-bookworm-slim`,
      `node:${oldest}-bookworm-slim`,
    ]);
  });

  it('F121 starts the program of the demo, without a shell and not as root', () => {
    const [entrypoint = '', ...more] = textsOf(runtime, 'ENTRYPOINT');

    expect(more).toEqual([]);
    expect(execForm(entrypoint)).toEqual(['node', 'dist/sample/000-quick-start/main.js']);
    expect(textsOf(runtime, 'USER')).toEqual(['node']);
  });

  it('F121 starts a program that ends by itself after its shutdown, because as process 1 no signal ends it', () => {
    const source = readText('sample/000-quick-start/main.ts');

    expect(source).toContain('useProcessExit: true');
    expect(source.match(/app\.enableShutdownHooks\(\.\.\.ON_SIGNALS\)/g)).toHaveLength(2);
  });

  it('holds every program that a service starts', () => {
    const file = composeFile();
    const [entrypoint = ''] = textsOf(runtime, 'ENTRYPOINT');
    const programs = SAMPLE_SERVICES.map(
      (name) => (serviceOf(file, name).entrypoint ?? execForm(entrypoint))[1] ?? '',
    );

    for (const program of programs) {
      expect(existsSync(inRepository(sourceOf(program))), program).toBe(true);
    }
  });

  it('names the role of the workers, and the address of the shop for the orders, as they are', () => {
    const file = composeFile();

    expect(serviceOf(file, 'worker').command).toEqual(['worker']);
    expect(readText('sample/000-quick-start/main.ts')).toContain("process.argv[2] === 'worker'");
    expect(serviceOf(file, 'orders').command).toEqual([
      `http://api:${environmentOf(file, 'api')['PORT'] ?? ''}`,
    ]);
  });

  it('copies only what is there: from the repository first, from the build afterwards', () => {
    const ignored = ignoredByDocker();
    const fromRepository = copies(build).flatMap(({ sources }) => sources);
    const fromBuild = copies(runtime);

    for (const source of fromRepository) {
      expect(existsSync(inRepository(source)), source).toBe(true);
      expect(ignored).not.toContain(source);
    }
    for (const { from, sources } of fromBuild) {
      expect(from).toBe(build.name);
      for (const source of sources)
        expect(source).toMatch(/^\/app\/(package\.json|node_modules|dist\/\w+|sample)$/);
    }
  });

  it('keeps what the host built, its history and its secrets out of the image', () => {
    expect(ignoredByDocker()).toEqual(expect.arrayContaining(['**/node_modules', 'dist', '.git', '.env']));
  });
});

/** What a compiled file is compiled from; any other file is its own source. */
function sourceOf(program: string): string {
  return program.replace(/^(?:\.\/)?dist\/(.+)\.js$/, '$1.ts');
}
