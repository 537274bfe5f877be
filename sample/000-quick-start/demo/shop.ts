import { freePort } from '../../../test/support/stores/free-port.js';
import type { ClosingList } from './closing-list.js';
import { shopEnvironment, type OwnSettings, type ShopSurroundings } from './shop-environment.js';
import { ShopProcess } from './shop-process.js';
import { waitUntil } from './wait-until.js';

export interface ShopOptions extends ShopSurroundings {
  /** Where the API listens; `undefined`: on any free port. */
  port: number | undefined;
  closing: ClosingList;
  /** Ends every wait. */
  signal: AbortSignal;
  /** A process ended that should not have. */
  onDeath: (error: Error) => void;
}

/** A worker process, and where it shows its metrics. */
export interface ShopWorker {
  process: ShopProcess;
  metricsUrl: string;
}

const WORKERS = 2;
/** Three Node processes that start at once on a busy machine take their time. */
const START_PATIENCE_MS = 90_000;

/** The shop as it runs in production: one API process that only enqueues, and worker processes. */
export class Shop {
  readonly workers: ShopWorker[] = [];
  private api: ShopProcess | undefined;
  private workersStarted = 0;

  private constructor(
    private readonly options: ShopOptions,
    private readonly apiPort: number,
  ) {}

  /** Starts all processes at once, as a deployment would; answers when each of them is healthy. */
  static async open(options: ShopOptions): Promise<Shop> {
    const shop = new Shop(options, options.port ?? (await freePort()));
    // The API is the last to be added and so the first to be closed: nothing new comes in while the workers finish.
    options.closing.add('the workers', () => shop.stopWorkers());
    const starts = Array.from({ length: WORKERS }, () => shop.startWorker());
    await Promise.all([...starts, shop.startApi()]);
    return shop;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  /** With the pids, for those who want to hurt it themselves. */
  describe(): string {
    const workers = this.workers.map(({ process: { name, pid } }) => `${name} (pid ${pid})`);
    return [`API at ${this.apiUrl} (pid ${this.api?.pid})`, ...workers].join(', ');
  }

  /** Answers when the worker is ready for jobs. */
  async startWorker(): Promise<ShopWorker> {
    this.workersStarted += 1;
    const name = `worker-${this.workersStarted}`;
    const metricsPort = await freePort();
    const started = this.startProcess(name, ['worker'], { METRICS_PORT: String(metricsPort) });
    const worker = { process: started, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
    this.workers.push(worker);
    await this.waitUntilHealthy(name, worker.metricsUrl);
    return worker;
  }

  /** Ends a worker as a power cut would. */
  async killWorker(worker: ShopWorker): Promise<void> {
    this.workers.splice(this.workers.indexOf(worker), 1);
    await worker.process.kill();
  }

  private async startApi(): Promise<void> {
    const own = { KYU_ROLE: 'producer', PORT: String(this.apiPort) };
    const api = this.startProcess('api', [], own);
    this.api = api;
    this.options.closing.add('the API', () => api.stop());
    await this.waitUntilHealthy('api', new URL('/health', this.apiUrl).href);
  }

  /** At once or not at all: no process appears after the end has begun. */
  private startProcess(name: string, given: readonly string[], own: OwnSettings): ShopProcess {
    const { folder, onDeath, signal } = this.options;
    signal.throwIfAborted();
    const environment = shopEnvironment(this.options, own);
    return new ShopProcess({ name, arguments: given, environment, folder, onDeath });
  }

  private async waitUntilHealthy(name: string, url: string): Promise<void> {
    const { signal } = this.options;
    const isHealthy = async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
    if (await waitUntil(isHealthy, { withinMs: START_PATIENCE_MS, everyMs: 100, signal })) return;
    throw new Error(
      `${name} was not healthy within ${START_PATIENCE_MS / 1_000} s: ${url} gave no good answer`,
    );
  }

  private async stopWorkers(): Promise<void> {
    const stops = await Promise.allSettled(this.workers.map((worker) => worker.process.stop()));
    const failed = stops.find((stop) => stop.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
