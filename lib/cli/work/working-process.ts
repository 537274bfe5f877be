import { giveOrders } from '../../kyu.work-orders.js';
import type { KyuModuleOptions } from '../../kyu.options.js';
import type { KyuRuntime } from '../../kyu.runtime.js';
import { tellOptions } from '../../kyu.told-options.js';
import { explainConnection } from '../connection/connection-failure.js';
import { UsageError } from '../command-errors.js';
import { EXIT } from '../exit-codes.js';
import { reportFailure } from '../report-failure.js';
import { processShell } from '../shell.js';
import { buryWorker } from './bury-worker.js';
import { loadModule } from './load-module.js';
import type { Order, Report, WorkSettings } from './messages.js';

/**
 * The process that works, started by the supervisor: the application without HTTP, its shutdown hooks on. It ends when
 * it is told to, and when its supervisor is gone: nobody would bury it.
 */
const runtimes = new Map<string, KyuRuntime>();
let wanted: KyuModuleOptions = {};

process.on('message', (order: Order) => {
  if (order.kind === 'work') void work(order.settings);
  else void bury(order);
});

const onOrphaned = (): void => {
  if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
  else process.exit(EXIT.failed);
};

process.once('disconnect', onOrphaned);

async function work(settings: WorkSettings): Promise<void> {
  const { once, queues, concurrency } = settings;
  giveOrders({
    autoStart: !once,
    onOptions: (options) => (wanted = options),
    onInstance,
    ...(queues === undefined ? {} : { queues }),
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  try {
    const root = await loadModule(settings.file, settings.exportName);
    const { NestFactory } = await import('@nestjs/core');
    const app = await NestFactory.createApplicationContext(root, { abortOnError: false });
    app.enableShutdownHooks();
    refuseStranger(settings.file);
    report({ kind: 'ready', told: [...runtimes.values()].flatMap((runtime) => tellOptions(runtime) ?? []) });
    if (!once) return;
    await runOnce(app);
    report({ kind: 'done' });
    await app.close();
    process.off('disconnect', onOrphaned).disconnect();
  } catch (error) {
    end(error);
  }
}

function onInstance(runtime: KyuRuntime): void {
  const instance = runtime.options.name;
  runtimes.set(instance, runtime);
  runtime.events.on('worker.registered', ({ workerId }) =>
    report({ kind: 'registered', instance, workerId }),
  );
}

/** Every instance in turn: what one enqueues may be the next one's work. */
async function runOnce(app: import('@nestjs/common').INestApplicationContext): Promise<void> {
  const [{ RunOnce }, { KyuWorkers }, { tokenFor }] = await Promise.all([
    import('../../kyu.run-once.js'),
    import('../../kyu.workers.js'),
    import('../../kyu.tokens.js'),
  ]);
  for (const [name, runtime] of runtimes) {
    const workers = app.get<InstanceType<typeof KyuWorkers>>(tokenFor(KyuWorkers, name), { strict: false });
    await new RunOnce(runtime, workers).run();
  }
}

/** Without an instance the orders reached nobody. */
function refuseStranger(file: string): void {
  if (runtimes.size > 0) return;
  throw new UsageError(
    `The module of ${file} imports no KyuModule, or one of another copy of nestjs-kyu: use the "kyu" of its own node_modules (npx kyu).`,
  );
}

async function bury({ instance, workerId }: Extract<Order, { kind: 'bury' }>): Promise<void> {
  const runtime = runtimes.get(instance);
  // Its lease ends by itself when this fails.
  if (runtime !== undefined) await buryWorker(runtime, workerId).catch(() => {});
}

/** An instance that could not connect is not there to be asked where it wanted to. */
function end(error: unknown): void {
  process.exit(reportFailure(processShell(), explainConnection(error, wanted)));
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}
