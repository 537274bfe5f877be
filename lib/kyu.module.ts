import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { KyuConfigError } from './core/errors.js';
import { DEFAULT_INSTANCE } from './core/option-defaults.js';
import { describeValue } from './core/redact.js';
import { systemClock } from './core/system-clock.js';
import {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type ASYNC_OPTIONS_TYPE,
  type KyuModuleExtras,
  type OPTIONS_TYPE,
} from './kyu.module-definition.js';
import { resolveModuleOptions, type KyuModuleOptions } from './kyu.options.js';
import { instanceModule } from './kyu.providers.js';
import { RealStores } from './kyu.real-stores.js';
import { KyuRuntime } from './kyu.runtime.js';
import { tellOfInstance, underOrders } from './kyu.work-orders.js';

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
  { imports, providers }: DynamicModule,
  { name = DEFAULT_INSTANCE, isGlobal }: KyuModuleExtras,
): DynamicModule {
  const runtime = {
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (options: KyuModuleOptions) => openRuntime(options, name),
  };
  return instanceModule({ module: KyuModule, name, isGlobal, runtime, imports, providers });
}

async function openRuntime(options: KyuModuleOptions, name: string): Promise<KyuRuntime> {
  refuseLateName(options?.name, name);
  const resolved = { ...resolveModuleOptions(underOrders(options ?? {})), name };
  const context = name === DEFAULT_INSTANCE ? 'Kyu' : `Kyu:${name}`;
  const stores = new RealStores(resolved);
  await stores.open();
  const logger = options?.logger ?? new Logger(context);
  const runtime = new KyuRuntime({ options: resolved, logger, stores, clock: systemClock });
  tellOfInstance(runtime);
  return runtime;
}

/**
 * The tokens of an instance are made before any factory runs, so a name that a factory answers comes too late; silence
 * would leave the application with an instance that nobody asked for.
 * @throws KyuConfigError
 */
function refuseLateName(given: unknown, name: string): void {
  if (given === undefined || given === name) return;
  const allowed = "a name beside useFactory: KyuModule.forRootAsync({ name: '…', useFactory: … })";
  throw new KyuConfigError([{ field: 'name', value: `${describeValue(given)} from the factory`, allowed }]);
}
