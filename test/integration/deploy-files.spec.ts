import { Ajv } from 'ajv';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../lib/core/duration.js';
import { OPTION_DEFAULTS } from '../../lib/core/option-defaults.js';
import { settingsSchema } from '../../sample/000-quick-start/app/settings.js';
import {
  composeFile,
  environmentOf,
  mounts,
  publishedPorts,
  rawComposeFile,
  serviceOf,
} from '../support/deploy/compose-file.js';
import { composeSchema } from '../support/deploy/compose-schema.js';
import {
  copies,
  dockerfileStages,
  execForm,
  ignoredByDocker,
  textsOf,
} from '../support/deploy/dockerfile.js';
import { inRepository, readJson, readText } from '../support/deploy/repository.js';

const SAMPLE_PROCESSES = ['api', 'worker'];
const SAMPLE_SERVICES = [...SAMPLE_PROCESSES, 'outside'];

describe('docker-compose.yml', () => {
  const file = composeFile();
  const isValid = new Ajv({ allErrors: true }).compile(composeSchema);

  it('is a Compose file', () => {
    isValid(rawComposeFile());

    expect(isValid.errors ?? []).toEqual([]);
  });

  it('would be refused with a misspelt key or a port that is none', () => {
    const misspelt = { services: { redis: { image: 'redis:7', healthchek: { test: ['CMD', 'true'] } } } };
    const portless = { services: { redis: { image: 'redis:7', ports: ['redis'] } } };

    expect([isValid(misspelt), isValid(portless)]).toEqual([false, false]);
  });

  it('F119 brings the stores, the watchers, and the sample as one API and two workers', () => {
    expect(Object.keys(file.services).sort()).toEqual(
      ['api', 'worker', 'outside', 'orders', 'postgres', 'redis', 'prometheus', 'grafana'].sort(),
    );
    expect(serviceOf(file, 'worker').deploy?.replicas).toBe(2);
    expect(majorVersion(serviceOf(file, 'postgres').image)).toBeGreaterThanOrEqual(16);
    expect(majorVersion(serviceOf(file, 'redis').image)).toBe(7);
  });

  it('publishes every host port once, and to this machine only', () => {
    const ports = publishedPorts(file);

    expect(ports.map(({ service, hostPort, containerPort }) => [service, hostPort, containerPort])).toEqual([
      ['api', 8080, 8080],
      ['api', 9464, 9464],
      ['postgres', 5432, 5432],
      ['redis', 6380, 6379],
      ['prometheus', 9090, 9090],
      ['grafana', 3000, 3000],
    ]);
    expect(new Set(ports.map(({ hostPort }) => hostPort)).size).toBe(ports.length);
    expect(new Set(ports.map(({ hostAddress }) => hostAddress))).toEqual(new Set(['127.0.0.1']));
  });

  it('waits only for services that exist, and for health only where it is checked', () => {
    for (const [name, { depends_on = {} }] of Object.entries(file.services)) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const isChecked = serviceOf(file, needed).healthcheck !== undefined;
        expect(isChecked || condition === 'service_started', `${name} waits for ${needed}`).toBe(true);
      }
    }
  });

  it('mounts only what is there', () => {
    for (const { service, source } of mounts(file)) {
      const exists = source.startsWith('./') ? existsSync(inRepository(source)) : source in file.volumes;
      expect(exists, `${service} mounts ${source}`).toBe(true);
    }
  });

  it.each(SAMPLE_PROCESSES)('sets for the %s what the sample reads, and nothing else', (service) => {
    const environment = environmentOf(file, service);
    const parsed = settingsSchema.safeParse(environment);

    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(Object.keys(settingsSchema.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it.each([
    ['its own defaults', {}],
    ['other credentials', { POSTGRES_USER: 'ada', POSTGRES_PASSWORD: 'b4bbage', POSTGRES_DB: 'engine' }],
  ])('leads the sample to the database that PostgreSQL creates, with %s', (_, variables) => {
    const resolved = composeFile(variables);
    const postgres = environmentOf(resolved, 'postgres');

    for (const service of SAMPLE_PROCESSES) {
      const url = new URL(environmentOf(resolved, service)['DATABASE_URL'] ?? '');
      expect([url.hostname, url.port]).toEqual(['postgres', '5432']);
      expect(url.username).toBe(postgres['POSTGRES_USER']);
      expect(url.password).toBe(postgres['POSTGRES_PASSWORD']);
      expect(url.pathname).toBe(`/${postgres['POSTGRES_DB']}`);
      expect(postgres).toMatchObject(variables);
    }
  });

  it('leads the sample to Redis and to the world outside by their ports in the network', () => {
    const outside = environmentOf(file, 'outside');

    for (const service of SAMPLE_PROCESSES) {
      const environment = environmentOf(file, service);
      expect(environment['REDIS_URL']).toBe('redis://redis:6379');
      expect(environment['SMTP_URL']).toBe(`smtp://outside:${outside['SMTP_PORT']}`);
      expect(environment['PAYMENTS_URL']).toBe(`http://outside:${outside['PAYMENTS_PORT']}`);
    }
  });

  it('opens to the network what others must reach', () => {
    for (const service of ['api', 'outside'])
      expect(environmentOf(file, service)['HOST'], service).toBe('0.0.0.0');
  });

  it('sets for the world outside what its program reads', () => {
    const source = readText('sample/000-quick-start/outside/main.ts');

    for (const name of Object.keys(environmentOf(file, 'outside')))
      expect(source).toContain(`env['${name}']`);
  });

  it('F122 leaves every credential to the environment', () => {
    const credentials = Object.entries(rawComposeFile().services).flatMap(([service, { environment = {} }]) =>
      Object.entries(environment)
        .filter(([name]) => /PASSWORD|USER|SECRET|TOKEN/.test(name))
        .map(([name, value]) => ({ name: `${service} ${name}`, value })),
    );

    expect(credentials.length).toBeGreaterThan(0);
    for (const { name, value } of credentials) expect(value, name).toMatch(/^\$\{\w+:-\w+\}$/);
  });

  it.each(SAMPLE_SERVICES)('lets the %s receive SIGTERM and drain before Docker kills it', (name) => {
    const service = serviceOf(file, name);

    expect(service.init).toBe(true);
    expect(parseDuration(service.stop_grace_period)).toBeGreaterThan(OPTION_DEFAULTS.shutdownGraceMs + 3_000);
  });
});

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
    const oldest = /\d+/.exec(manifest.engines.node)?.[0];

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

  it('holds every program that a service starts', () => {
    const file = composeFile();
    const [entrypoint = ''] = textsOf(runtime, 'ENTRYPOINT');
    const programs = [...SAMPLE_SERVICES, 'orders'].map(
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

function majorVersion(image = ''): number {
  return Number.parseInt(image.split(':')[1] ?? '', 10);
}
