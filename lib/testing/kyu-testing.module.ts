import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { DEFAULT_INSTANCE } from '../core/option-defaults.js';
import { HandlerExplorer } from '../handlers/handler-explorer.js';
import { ProviderMethods } from '../handlers/provider-methods.js';
import { KyuLifecycle } from '../kyu.lifecycle.js';
import { instanceModule } from '../kyu.providers.js';
import { KyuRuntime } from '../kyu.runtime.js';
import { tokenFor } from '../kyu.tokens.js';
import { KyuWorkers } from '../kyu.workers.js';
import { EngineClock } from './engine-clock.js';
import { resolveTestingOptions, type KyuTestingOptions } from './kyu-testing.options.js';
import { getTestbedToken, KyuTestbed } from './kyu-testbed.js';
import { MemoryStores } from './memory-stores.js';
import { TestEngine } from './test-engine.js';
import { TestRuntime } from './test-runtime.js';
import { VirtualClock } from './virtual-clock.js';

/**
 * Kyu for tests: it provides what `KyuModule` provides, over a ledger and a dispatcher in memory and a virtual clock.
 * No PostgreSQL, no Redis, no socket. Jobs do not run by themselves: `KyuTestbed` runs them.
 * @example
 * const app = await Test.createTestingModule({ imports: [KyuTestingModule.forRoot(), MailModule] }).compile();
 * const kyu = app.get(KyuTestbed);
 * await app.get(Signup).register('a@b.example');
 * kyu.expectEnqueued('send_email', { to: 'a@b.example' });
 * await kyu.drain();
 */
@Module({})
export class KyuTestingModule {
  /**
   * @param options those of `KyuModule.forRoot`, without what names a store; and `clock`
   * @throws KyuConfigError when the application is put together and an option cannot be used
   */
  static forRoot(options: KyuTestingOptions = {}): DynamicModule {
    const { name = DEFAULT_INSTANCE, isGlobal } = options;
    const clock = tokenFor(VirtualClock, name);
    return instanceModule({
      module: KyuTestingModule,
      name,
      isGlobal,
      runtime: {
        inject: [clock, DiscoveryService, MetadataScanner],
        useFactory: (wall: VirtualClock, discovery: DiscoveryService, scanner: MetadataScanner) => {
          const explorer = new HandlerExplorer(new ProviderMethods(discovery, scanner));
          return createRuntime({ ...options, name }, wall, explorer);
        },
      },
      exported: [
        // Made here and not above: the same module may be imported by one test after another.
        { provide: clock, useFactory: () => options.clock ?? new VirtualClock() },
        {
          provide: getTestbedToken(name),
          inject: [tokenFor(KyuRuntime, name), tokenFor(KyuWorkers, name), tokenFor(KyuLifecycle, name)],
          useFactory: createTestbed,
        },
      ],
    });
  }
}

function createRuntime(
  given: KyuTestingOptions & { name: string },
  wall: VirtualClock,
  explorer: HandlerExplorer,
): TestRuntime {
  const options = resolveTestingOptions(given);
  const logger = given.logger ?? new Logger(given.name === DEFAULT_INSTANCE ? 'Kyu' : `Kyu:${given.name}`);
  const { dispatchWindow: windowSize } = options;
  const stores = new MemoryStores({ clock: wall, windowSize, hasRedis: options.redis !== false });
  // Who waits for a job waits in the application's time, which passes while the engine sleeps, too.
  const clocks = { clock: new EngineClock(wall), waitingClock: wall };
  return new TestRuntime({ options, logger, stores, ...clocks, explorer });
}

function createTestbed(runtime: TestRuntime, workers: KyuWorkers, lifecycle: KyuLifecycle): KyuTestbed {
  const { memory, engineClock } = runtime;
  const engine = new TestEngine({ runtime, workers, clock: engineClock, permit: memory.permit });
  return new KyuTestbed({ runtime, lifecycle, engine, memory });
}
