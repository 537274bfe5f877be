import { Module, type DynamicModule, type FactoryProvider, type Type } from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryModule,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { CronJobExplorer } from './handlers/cron-job-explorer.js';
import { HandlerExplorer } from './handlers/handler-explorer.js';
import { HandlerInvokerFactory } from './handlers/handler-invoker.js';
import { JobEventExplorer } from './handlers/job-event-explorer.js';
import { ProviderMethods } from './handlers/provider-methods.js';
import { KyuAdmin, KyuJobEvents, KyuProducer, KyuReaper, KyuScheduler } from './kyu.injectables.js';
import { KyuFrontDoor } from './kyu.front-door.js';
import { IntervalRegistry } from './kyu.interval-registry.js';
import { KyuLifecycle } from './kyu.lifecycle.js';
import { KyuMetricsHost } from './kyu.metrics-host.js';
import { KyuRuntime } from './kyu.runtime.js';
import { KyuSchedules } from './kyu.schedules.js';
import { tokenFor } from './kyu.tokens.js';
import { comeNearest, KyuWorkersLifecycle } from './kyu.workers-lifecycle.js';
import { KyuWorkers } from './kyu.workers.js';
import { HealthReader } from './observability/health-reader.js';

/** How the runtime of an instance is made; everything else is made of the runtime. */
export type RuntimeFactory = Pick<FactoryProvider<KyuRuntime>, 'inject' | 'useFactory'>;

/** What one instance is to an application. */
export interface InstanceSpec {
  /** The module that the application imports. */
  readonly module: Type<unknown>;
  readonly name: string;
  /** Default true. */
  readonly isGlobal: boolean | undefined;
  readonly runtime: RuntimeFactory;
  readonly imports?: DynamicModule['imports'];
  readonly providers?: DynamicModule['providers'];
  /** What it provides besides. */
  readonly exported?: readonly FactoryProvider[];
}

/** Everything but the hooks, which the module around it puts in their place. */
@Module({})
class KyuCoreModule {}

/** The module of one instance, whatever its runtime stands on. */
export function instanceModule(spec: InstanceSpec): DynamicModule {
  const { module, name, imports = [], providers = [] } = spec;
  const { internal, exported } = instanceProviders(name, spec.runtime);
  const visible = [...exported, ...(spec.exported ?? [])];
  const core: DynamicModule = {
    module: KyuCoreModule,
    global: spec.isGlobal ?? true,
    imports: [...imports, DiscoveryModule],
    providers: [...providers, ...internal, ...visible],
    exports: visible.map(({ provide }) => provide),
  };
  return { module, imports: [core], providers: [workersLifecycle(name)], exports: [core] };
}

function workersLifecycle(name: string): FactoryProvider {
  const provide = tokenFor(KyuWorkersLifecycle, name);
  return {
    provide,
    inject: [tokenFor(KyuLifecycle, name), ModulesContainer],
    useFactory: (lifecycle: KyuLifecycle, modules: ModulesContainer) => {
      comeNearest(modules, provide);
      return new KyuWorkersLifecycle(lifecycle);
    },
  };
}

function instanceProviders(name: string, createRuntime: RuntimeFactory) {
  const token = (provider: Parameters<typeof tokenFor>[0]) => tokenFor(provider, name);
  const runtime = token(KyuRuntime);
  const workers = token(KyuWorkers);
  const intervals = token(IntervalRegistry);
  const metrics = token(KyuMetricsHost);
  return {
    internal: [
      { provide: runtime, ...createRuntime },
      {
        provide: intervals,
        inject: [ModulesContainer],
        useFactory: (modules: ModulesContainer) => new IntervalRegistry(modules, name),
      },
    ],
    exported: [
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
      {
        provide: workers,
        inject: [runtime, intervals],
        useFactory: (from: KyuRuntime, shown: IntervalRegistry) => new KyuWorkers(from, shown),
      },
      { provide: metrics, inject: [runtime], useFactory: (from: KyuRuntime) => new KyuMetricsHost(from) },
      { provide: token(KyuProducer), inject: [runtime], useFactory: (from: KyuRuntime) => from.producer },
      { provide: token(KyuAdmin), inject: [runtime], useFactory: (from: KyuRuntime) => from.admin },
      { provide: token(KyuJobEvents), inject: [runtime], useFactory: (from: KyuRuntime) => from.jobEvents },
      {
        provide: token(KyuSchedules),
        inject: [runtime],
        useFactory: (from: KyuRuntime) => from.schedules.front,
      },
      { provide: token(HealthReader), inject: [runtime], useFactory: (from: KyuRuntime) => from.health },
      {
        provide: token(KyuFrontDoor),
        inject: [runtime],
        useFactory: (from: KyuRuntime) => new KyuFrontDoor(from),
      },
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
  const cronJobs = new CronJobExplorer(methods);
  const invokers = new HandlerInvokerFactory(application, moduleRef, runtime.options);
  const token = tokenFor(KyuRuntime, runtime.options.name);
  const registrations = () => discovery.getProviders().filter((provider) => provider.token === token).length;
  return new KyuLifecycle({
    runtime,
    workers,
    explorer,
    listeners,
    cronJobs,
    invokers,
    metrics,
    intervals,
    registrations,
  });
}

function loopOf(runtime: KyuRuntime, workers: KyuWorkers, duty: 'promote' | 'rescue') {
  return runtime.options.role === 'producer' ? undefined : workers.loops[duty];
}
