import { Logger, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryModule,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';
import { DEFAULT_INSTANCE } from './core/option-defaults.js';
import { systemClock } from './core/system-clock.js';
import { HandlerExplorer } from './handlers/handler-explorer.js';
import { JobEventExplorer } from './handlers/job-event-explorer.js';
import { ProviderMethods } from './handlers/provider-methods.js';
import { HandlerInvokerFactory } from './handlers/handler-invoker.js';
import { KyuAdmin, KyuJobEvents, KyuProducer, KyuReaper, KyuScheduler } from './kyu.injectables.js';
import { IntervalRegistry } from './kyu.interval-registry.js';
import { KyuLifecycle } from './kyu.lifecycle.js';
import { KyuMetricsHost } from './kyu.metrics-host.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type ASYNC_OPTIONS_TYPE,
  type KyuModuleExtras,
  type OPTIONS_TYPE,
} from './kyu.module-definition.js';
import { resolveModuleOptions, type KyuModuleOptions } from './kyu.options.js';
import { RealStores } from './kyu.real-stores.js';
import { KyuRuntime } from './kyu.runtime.js';
import { tokenFor } from './kyu.tokens.js';
import { KyuWorkers } from './kyu.workers.js';
import { HealthReader } from './observability/health-reader.js';

/**
 * Kyu for a Nest application. Import it once in the root module; its providers are global unless `isGlobal` is false.
 * With a `name` it adds a further instance, whose providers are injected by `@InjectKyuProducer('name')` and the like.
 * @example
 * KyuModule.forRootAsync({
 *   inject: [ConfigService, DataSource],
 *   useFactory: (config: ConfigService, dataSource: DataSource) => ({
 *     dataSource,
 *     redis: config.get('REDIS_URL'),
 *     workers: 20,
 *   }),
 * })
 */
@Module({})
export class KyuModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return assemble(super.forRoot(options), options);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return assemble(super.forRootAsync(options), options);
  }
}

function assemble(
  definition: DynamicModule,
  { name = DEFAULT_INSTANCE, isGlobal }: KyuModuleExtras,
): DynamicModule {
  const providers = instanceProviders(name);
  return {
    ...definition,
    global: isGlobal ?? true,
    imports: [...(definition.imports ?? []), DiscoveryModule],
    providers: [...(definition.providers ?? []), ...providers.internal, ...providers.exported],
    exports: providers.exported.map((provider) => provider.provide),
  };
}

function instanceProviders(name: string) {
  const token = (provider: Parameters<typeof tokenFor>[0]) => tokenFor(provider, name);
  const runtime = token(KyuRuntime);
  const workers = token(KyuWorkers);
  const intervals = token(IntervalRegistry);
  const metrics = token(KyuMetricsHost);
  return {
    internal: [
      {
        provide: runtime,
        inject: [MODULE_OPTIONS_TOKEN],
        useFactory: (options: KyuModuleOptions) => openRuntime(options, name),
      },
      {
        provide: intervals,
        inject: [ModuleRef],
        useFactory: (moduleRef: ModuleRef) => IntervalRegistry.find(moduleRef, name),
      },
      {
        provide: token(KyuLifecycle),
        inject: [
          runtime,
          workers,
          metrics,
          intervals,
          DiscoveryService,
          MetadataScanner,
          ApplicationConfig,
          ModuleRef,
        ],
        useFactory: createLifecycle,
      },
    ],
    exported: [
      {
        provide: workers,
        inject: [runtime, intervals],
        useFactory: (from: KyuRuntime, shown: IntervalRegistry) => new KyuWorkers(from, shown),
      },
      { provide: metrics, inject: [runtime], useFactory: (from: KyuRuntime) => new KyuMetricsHost(from) },
      { provide: token(KyuProducer), inject: [runtime], useFactory: (from: KyuRuntime) => from.producer },
      { provide: token(KyuAdmin), inject: [runtime], useFactory: (from: KyuRuntime) => from.admin },
      { provide: token(KyuJobEvents), inject: [runtime], useFactory: (from: KyuRuntime) => from.jobEvents },
      { provide: token(HealthReader), inject: [runtime], useFactory: (from: KyuRuntime) => from.health },
      {
        provide: token(KyuScheduler),
        inject: [runtime, workers],
        useFactory: (from: KyuRuntime, running: KyuWorkers) =>
          new KyuScheduler(from.scheduler, loopOf(from, running, 'promote')),
      },
      {
        provide: token(KyuReaper),
        inject: [runtime, workers],
        useFactory: (from: KyuRuntime, running: KyuWorkers) =>
          new KyuReaper(from.reaper, loopOf(from, running, 'rescue')),
      },
    ],
  } satisfies { internal: FactoryProvider[]; exported: FactoryProvider[] };
}

async function openRuntime(options: KyuModuleOptions, name: string): Promise<KyuRuntime> {
  const resolved = { ...resolveModuleOptions(options ?? {}), name };
  const context = name === DEFAULT_INSTANCE ? 'Kyu' : `Kyu:${name}`;
  const stores = new RealStores(resolved);
  await stores.open();
  const logger = options?.logger ?? new Logger(context);
  return new KyuRuntime({ options: resolved, logger, stores, clock: systemClock });
}

function createLifecycle(
  runtime: KyuRuntime,
  workers: KyuWorkers,
  metrics: KyuMetricsHost,
  intervals: IntervalRegistry,
  discovery: DiscoveryService,
  scanner: MetadataScanner,
  application: ApplicationConfig,
  moduleRef: ModuleRef,
): KyuLifecycle {
  const methods = new ProviderMethods(discovery, scanner);
  const explorer = new HandlerExplorer(methods);
  const listeners = new JobEventExplorer(methods);
  const invokers = new HandlerInvokerFactory(application, moduleRef, runtime.options);
  const token = tokenFor(KyuRuntime, runtime.options.name);
  const registrations = () => discovery.getProviders().filter((provider) => provider.token === token).length;
  return new KyuLifecycle({
    runtime,
    workers,
    explorer,
    listeners,
    invokers,
    metrics,
    intervals,
    registrations,
  });
}

function loopOf(runtime: KyuRuntime, workers: KyuWorkers, duty: 'promote' | 'rescue') {
  return runtime.options.role === 'producer' ? undefined : workers.loops[duty];
}
