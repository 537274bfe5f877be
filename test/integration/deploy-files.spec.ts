import { Ajv } from 'ajv';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../lib/core/duration.js';
import { OPTION_DEFAULTS } from '../../lib/core/option-defaults.js';
import { redisOf, settingsSchema } from '../../sample/000-quick-start/app/settings.js';
import {
  composeFile,
  environmentOf,
  mounts,
  pathInContainer,
  productionFile,
  publishedPorts,
  rawComposeFile,
  serviceOf,
  variablesOf,
} from '../support/deploy/compose-file.js';
import { composeOverlaySchema, composeSchema } from '../support/deploy/compose-schema.js';
import { inRepository, readText, readYaml } from '../support/deploy/repository.js';

const SAMPLE_PROCESSES = ['api', 'worker'];
const SAMPLE_SERVICES = [...SAMPLE_PROCESSES, 'outside'];
const STORES = ['postgres', 'redis'];
const WATCHERS = ['prometheus', 'grafana', 'otel-collector', 'jaeger'];

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
      [...SAMPLE_SERVICES, 'orders', ...STORES, ...WATCHERS].sort(),
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
      ['otel-collector', 4317, 4317],
      ['otel-collector', 4318, 4318],
      ['jaeger', 16686, 16686],
      ['grafana', 3000, 3000],
    ]);
    expect(new Set(ports.map(({ hostPort }) => hostPort)).size).toBe(ports.length);
    expect(new Set(ports.map(({ hostAddress }) => hostAddress))).toEqual(new Set(['127.0.0.1']));
  });

  it('F119 pins every image to a version that does not move under it', () => {
    for (const { image } of Object.values(file.services)) {
      if (image !== undefined) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-alpine)?$/);
    }
  });

  it('names at its head every port that is open', () => {
    const head = readText('docker-compose.yml').split('\nname:')[0] ?? '';
    for (const { hostPort, service } of publishedPorts(file)) {
      expect(head, service).toContain(`localhost:${hostPort}`);
    }
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
      const exists = source.startsWith('./')
        ? existsSync(inRepository(source))
        : source in (file.volumes ?? {});
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

  it.each([
    ['its own default', {}],
    ['another password', { REDIS_PASSWORD: 'b4bbage' }],
  ])('F122 gives the sample the password that Redis demands, with %s', (_, variables) => {
    const resolved = composeFile(variables);
    const redis = environmentOf(resolved, 'redis');

    expect(serviceOf(resolved, 'redis').command?.at(-1)).toContain('--requirepass "$REDIS_PASSWORD"');
    expect(redis['REDISCLI_AUTH']).toBe(redis['REDIS_PASSWORD']);
    for (const service of SAMPLE_PROCESSES) {
      const settings = settingsSchema.parse(environmentOf(resolved, service));
      expect(redisOf(settings)).toBe(`redis://:${redis['REDIS_PASSWORD']}@redis:6379`);
      expect(redis).toMatchObject(variables);
    }
  });

  it('lets Redis answer an error when it is full, and forget nothing', () => {
    expect(serviceOf(file, 'redis').command?.at(-1)).toMatch(
      /^exec redis-server .*--maxmemory-policy noeviction/,
    );
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

describe('deploy/compose.production.yml', () => {
  const production = productionFile();
  const base = composeFile();

  it('is a Compose file about services that there are', () => {
    const isValid = new Ajv({ allErrors: true }).compile(composeOverlaySchema);

    isValid(production);

    expect(isValid.errors ?? []).toEqual([]);
    expect(Object.keys(base.services)).toEqual(expect.arrayContaining(Object.keys(production.services)));
  });

  it('F122 starts with no secret that somebody could look up', () => {
    const credentials = variablesOf(rawComposeFile()).filter(({ name }) => /USER|PASSWORD|_DB$/.test(name));
    const demanded = variablesOf(production);

    expect(new Set(demanded.map(({ name }) => name))).toEqual(new Set(credentials.map(({ name }) => name)));
    for (const { name, rest } of demanded) expect(rest, name).toMatch(/^:\?./);
  });

  it('leaves nothing open but the API, and Grafana with a login, on loopback', () => {
    const open = Object.entries(base.services).flatMap(
      ([name, service]) => production.services[name]?.ports ?? service.ports ?? [],
    );

    expect(open.sort()).toEqual(['127.0.0.1:3000:3000', '127.0.0.1:8080:8080']);
  });

  it('lets nobody look at Grafana without signing in', () => {
    expect(environmentOf(production, 'grafana')['GF_AUTH_ANONYMOUS_ENABLED']).toBe('false');
  });
});

describe('the way of a trace', () => {
  const file = composeFile();
  const collector = readYaml('deploy/otel-collector.yml') as CollectorFile;
  const jaeger = readYaml('deploy/jaeger.yml') as CollectorFile;

  it('F119 leads from the sample to the collector', () => {
    for (const service of SAMPLE_PROCESSES) {
      const { OTEL_EXPORTER_OTLP_ENDPOINT = '' } = environmentOf(file, service);
      const { hostname, port } = new URL(OTEL_EXPORTER_OTLP_ENDPOINT);
      expect(hostname).toBe('otel-collector');
      expect(collector.receivers['otlp']?.protocols?.['http']?.endpoint).toBe(`0.0.0.0:${port}`);
    }
  });

  it('leads from the collector to Jaeger', () => {
    const [host, port] = collector.exporters['otlp']?.endpoint?.split(':') ?? [];

    expect(Object.keys(file.services)).toContain(host);
    expect(jaeger.receivers['otlp']?.protocols?.['grpc']?.endpoint).toBe(`0.0.0.0:${port}`);
  });

  it.each([
    ['otel-collector', collector],
    ['jaeger', jaeger],
  ])(
    'passes in the %s only through parts that are there, and uses all of them',
    (_, { service, ...parts }) => {
      const used = { extensions: service.extensions, receivers: [], processors: [], exporters: [] };
      for (const pipeline of Object.values(service.pipelines)) {
        for (const kind of ['receivers', 'processors', 'exporters'] as const) {
          used[kind].push(...((pipeline[kind] ?? []) as never[]));
        }
      }
      for (const kind of ['extensions', 'receivers', 'processors', 'exporters'] as const) {
        expect([...used[kind]].sort(), kind).toEqual(Object.keys(parts[kind] ?? {}).sort());
      }
    },
  );

  it.each(['otel-collector', 'jaeger'])(
    'finds the configuration of the %s where its command says',
    (name) => {
      const [option = ''] = serviceOf(file, name).command ?? [];

      expect(`--config=${pathInContainer(file, name, `deploy/${name}.yml`)}`).toBe(option);
    },
  );
});

function majorVersion(image = ''): number {
  return Number.parseInt(image.split(':')[1] ?? '', 10);
}

/** What the collector reads, and Jaeger 2, which is one. */
interface CollectorFile {
  extensions?: Record<string, unknown>;
  receivers: Record<string, { protocols?: Record<string, { endpoint: string }> }>;
  processors?: Record<string, unknown>;
  exporters: Record<string, { endpoint?: string }>;
  service: {
    extensions: string[];
    pipelines: Record<string, { receivers: string[]; processors?: string[]; exporters: string[] }>;
  };
}
