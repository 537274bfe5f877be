import type { AccountAnswer } from './answers.js';
import { seed, type BenchChild } from './bench-child.js';
import type { ContestantModule, ContestantSetting } from './contestant.js';
import { enqueueInBulk, enqueueOneByOne, type BulkInput, type EnqueueInput } from './stages/enqueue.js';
import { HeldWork } from './stages/hold.js';
import { Listener, sendOneByOne, type SendInput } from './stages/latency.js';
import type { LimitInput } from './stages/limit.js';
import { readMemory, type MemoryInput } from './stages/memory.js';
import type { MicroInput } from './stages/micro.js';
import type { AppWithoutKyuInput } from './stages/nest-app.js';
import { processJobs, type ProcessInput } from './stages/process.js';
import { profileWork, type ProfileInput } from './stages/profile.js';
import { SharedWork, type Progress } from './stages/share-work.js';
import type { TransactionInput } from './stages/transaction.js';
import { Tally } from './tally.js';

/** How a contestant is opened. */
export interface OpenInput {
  readonly setting: ContestantSetting;
  /** The number of the first job that this process enqueues. */
  readonly firstNumber: number;
}

/**
 * What a child process can be asked for. What only some need is imported when it is asked for: no contestant's heap
 * holds the code of another.
 */
export class StageTable {
  private opened: BenchChild | undefined;
  private listener: Listener | undefined;
  private held: HeldWork | undefined;
  private shared: SharedWork | undefined;

  readonly stages: Readonly<Record<string, (input: never) => unknown>> = {
    open: (input: OpenInput) => this.open(input),
    close: () => this.child.contestant.close(),
    account: () => this.account(),
    seed: ({ jobs }: { jobs: number }) => seed(this.child, jobs),
    process: (input: ProcessInput) => processJobs(this.child, input),
    enqueue: (input: EnqueueInput) => enqueueOneByOne(this.child, input),
    bulk: (input: BulkInput) => enqueueInBulk(this.child, input),
    listen: ({ jobs }: { jobs: number }) => (this.listener = new Listener(this.child)).start(jobs),
    heard: () => this.listener?.heard(),
    send: (input: SendInput) => sendOneByOne(this.child, input),
    hold: ({ jobs }: { jobs: number }) => (this.held = new HeldWork(this.child)).start(jobs),
    'turn-over': ({ jobs }: { jobs: number }) => this.held?.turnOver(jobs),
    'let-go': () => this.held?.finish(),
    'share-work': () => (this.shared = new SharedWork(this.child, this.tell)).start(),
    'stop-sharing': () => this.shared?.stop(),
    memory: (input: MemoryInput) => readMemory(input),
    profile: (input: ProfileInput) => profileWork(this.child, input),
    limit: async (input: LimitInput) => (await import('./stages/limit.js')).driveBareClients(input),
    transactions: async (input: TransactionInput) =>
      (await import('./stages/transaction.js')).runTransactions(input),
    'app-without-kyu': async (input: AppWithoutKyuInput) =>
      (await import('./stages/nest-app.js')).measureAppWithoutKyu(input),
    micro: async (input: MicroInput) => (await import('./stages/micro.js')).runMicroBenchmarks(input),
  };

  constructor(private readonly tell: (progress: Progress) => void) {}

  private async open({ setting, firstNumber }: OpenInput): Promise<{ node: string }> {
    const { open } = (await import(setting.module)) as ContestantModule;
    this.opened = { setting, contestant: await open(setting), tally: new Tally(firstNumber) };
    return { node: process.version };
  }

  private async account(): Promise<AccountAnswer> {
    const { contestant, tally } = this.child;
    return { tally: tally.count(), store: await contestant.count() };
  }

  private get child(): BenchChild {
    if (this.opened === undefined) throw new Error('no contestant is open in this process');
    return this.opened;
  }
}
