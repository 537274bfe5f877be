import type {
  AccountAnswer,
  EnqueueAnswer,
  LatencyAnswer,
  LimitAnswer,
  MemoryAnswer,
  MicroResult,
  ProcessAnswer,
  ProfileAnswer,
} from '../child/answers.js';
import type { ContestantSetting } from '../child/contestant.js';
import type { ChildWord, StageRequest } from '../child/protocol.js';
import type { BulkInput, EnqueueInput } from '../child/stages/enqueue.js';
import type { SendInput } from '../child/stages/latency.js';
import type { LimitInput } from '../child/stages/limit.js';
import type { MemoryInput } from '../child/stages/memory.js';
import type { MicroInput } from '../child/stages/micro.js';
import type { AppWithoutKyuInput } from '../child/stages/nest-app.js';
import type { ProcessInput } from '../child/stages/process.js';
import type { ProfileInput } from '../child/stages/profile.js';
import type { Progress } from '../child/stages/share-work.js';
import type { TransactionAnswer, TransactionInput } from '../child/stages/transaction.js';
import { forkChild, innerChild, type ChildLink } from './child-link.js';

/** How a child process is started. */
export interface ProcessOptions {
  /** The program of Node; `undefined` = within this process. */
  readonly node: string | undefined;
  /** A stage that takes longer has failed. */
  readonly stageTimeoutMs: number;
  readonly onProgress?: (progress: Progress) => void;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

const CLOSE_TIMEOUT_MS = 30_000;

/** One contestant in a process of its own, as the harness sees it. The names are those of the stages. */
export class ContestantProcess {
  private readonly link: ChildLink;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(private readonly options: ProcessOptions) {
    const listener = {
      hear: (word: ChildWord) => this.hear(word),
      lose: (why: string) => this.abandon(why),
    };
    this.link = options.node === undefined ? innerChild(listener) : forkChild(options.node, listener);
  }

  open(setting: ContestantSetting, firstNumber = 0): Promise<{ node: string }> {
    return this.run('open', { setting, firstNumber });
  }

  seed(jobs: number): Promise<void> {
    return this.run('seed', { jobs });
  }

  process(input: ProcessInput): Promise<ProcessAnswer> {
    return this.run('process', input);
  }

  enqueue(input: EnqueueInput): Promise<EnqueueAnswer> {
    return this.run('enqueue', input);
  }

  bulk(input: BulkInput): Promise<EnqueueAnswer> {
    return this.run('bulk', input);
  }

  listen(jobs: number): Promise<void> {
    return this.run('listen', { jobs });
  }

  heard(): Promise<LatencyAnswer> {
    return this.run('heard', {});
  }

  send(input: SendInput): Promise<void> {
    return this.run('send', input);
  }

  hold(jobs: number): Promise<void> {
    return this.run('hold', { jobs });
  }

  turnOver(jobs: number): Promise<{ firstAt: number }> {
    return this.run('turn-over', { jobs });
  }

  letGo(): Promise<void> {
    return this.run('let-go', {});
  }

  shareWork(): Promise<void> {
    return this.run('share-work', {});
  }

  stopSharing(): Promise<void> {
    return this.run('stop-sharing', {});
  }

  memory(input: MemoryInput): Promise<MemoryAnswer> {
    return this.run('memory', input);
  }

  profile(input: ProfileInput): Promise<ProfileAnswer> {
    return this.run('profile', input);
  }

  limit(input: LimitInput): Promise<LimitAnswer> {
    return this.run('limit', input);
  }

  transactions(input: TransactionInput): Promise<TransactionAnswer> {
    return this.run('transactions', input);
  }

  appWithoutKyu(input: AppWithoutKyuInput): Promise<MemoryAnswer> {
    return this.run('app-without-kyu', input);
  }

  micro(input: MicroInput): Promise<MicroResult[]> {
    return this.run('micro', input);
  }

  account(): Promise<AccountAnswer> {
    return this.run('account', {});
  }

  /** Closes the contestant in good order, then ends the process. */
  async close(): Promise<void> {
    await this.run('close', {}, CLOSE_TIMEOUT_MS);
    await this.end();
  }

  /** Ends the process, whatever it is doing. */
  end(): Promise<void> {
    return this.link.end();
  }

  private run<Answer>(
    stage: string,
    input: unknown,
    timeoutMs = this.options.stageTimeoutMs,
  ): Promise<Answer> {
    this.lastId += 1;
    const request: StageRequest = { id: this.lastId, stage, input };
    return new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => this.abandon(`"${stage}" took more than ${timeoutMs} ms`), timeoutMs);
      const settle = <Value>(then: (value: Value) => void) => {
        return (value: Value): void => {
          clearTimeout(timer);
          then(value);
        };
      };
      this.waiting.set(request.id, { resolve: settle(resolve), reject: settle(reject) });
      this.link.send(request);
    });
  }

  private hear(word: ChildWord): void {
    if (word.kind === 'progress') {
      this.options.onProgress?.(word.progress as Progress);
      return;
    }
    const waiting = this.waiting.get(word.id);
    this.waiting.delete(word.id);
    if (word.kind === 'answer') waiting?.resolve(word.answer as never);
    else waiting?.reject(new Error(word.error));
  }

  private abandon(why: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(`The contestant's process: ${why}.`));
    this.waiting.clear();
  }
}
