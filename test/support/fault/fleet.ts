import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProcesses } from './built-processes.js';
import type { Kill, Pause, ProcessExit } from './history.js';
import { EventLog } from './event-log.js';
import { Member, type MemberPlan } from './member.js';
import { toEnvironment, type ProcessSettings } from './process-settings.js';
import { Recorder } from './recorder.js';
import { ProducerMember } from './producer-member.js';

/** What a test says about its processes; the stores are the laboratory's. */
export type FleetSettings = Omit<ProcessSettings, 'eventFile'>;

const LONGEST_START_MS = 90_000;

/** The processes of one test, the files that they write, and what was done to them. */
export class Fleet {
  readonly events: EventLog;
  readonly workers: Member[] = [];
  readonly producers: ProducerMember[] = [];
  /** With what each worker was started, by process. */
  readonly settingsOf = new Map<number, FleetSettings>();
  /** What the test itself does. */
  readonly recorder: Recorder;
  private readonly folder: string;
  private readonly eventFolder: string;
  private readonly output: number;

  private constructor(
    private readonly settings: FleetSettings,
    private readonly programs: URL,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), 'kyu-fault-'));
    this.eventFolder = join(this.folder, 'events');
    mkdirSync(this.eventFolder);
    this.output = openSync(this.outputFile, 'a');
    this.events = new EventLog(this.eventFolder);
    this.recorder = new Recorder(join(this.eventFolder, 'test.jsonl'));
    process.on('exit', this.killAll);
  }

  /** Builds what the processes run, if need be. */
  static async create(settings: FleetSettings): Promise<Fleet> {
    return new Fleet(settings, await builtProcesses());
  }

  /** Starts a worker; resolves when its application has started. */
  async startWorker(changes: Partial<FleetSettings> = {}): Promise<Member> {
    const worker = new Member(this.planFor('worker', changes));
    this.workers.push(worker);
    this.settingsOf.set(worker.pid, { ...this.settings, ...changes });
    await this.untilReady(worker);
    return worker;
  }

  /** Starts workers side by side. */
  startWorkers(count: number, changes: Partial<FleetSettings> = {}): Promise<Member[]> {
    return Promise.all(Array.from({ length: count }, () => this.startWorker(changes)));
  }

  async startProducer(changes: Partial<FleetSettings> = {}): Promise<ProducerMember> {
    const producer = new ProducerMember(this.planFor('producer', changes));
    this.producers.push(producer);
    await this.untilReady(producer);
    return producer;
  }

  /** Workers whose application has started, that are not frozen, and that nobody has asked to end. */
  get readyWorkers(): Member[] {
    return this.workers.filter(
      ({ isAskedToEnd, isFrozen, isReady, isRunning }) => isReady && isRunning && !isAskedToEnd && !isFrozen,
    );
  }

  /** Processes that have not ended and that nobody has killed. */
  get living(): Member[] {
    return this.members.filter(({ isRunning, killedAt }) => isRunning && killedAt === undefined);
  }

  get kills(): Kill[] {
    return this.members.flatMap(({ pid, killedAt }) =>
      killedAt === undefined ? [] : [{ pid, at: killedAt }],
    );
  }

  get exits(): ProcessExit[] {
    return this.members.flatMap(({ pid, end }) => (end === undefined ? [] : [{ pid, at: end.at }]));
  }

  get pauses(): Pause[] {
    return this.members.flatMap(({ pid, pauses }) => pauses.map(({ from, to }) => ({ pid, from, to })));
  }

  /** Processes that ended though nobody had asked them to: a defect, whatever the ledger says. */
  get desertions(): string[] {
    return this.members
      .filter((member) => member.endedByItself)
      .map(({ pid, end }) => `process ${pid} ended by itself (code ${end?.code}, signal ${end?.signal})`);
  }

  /** What the processes wrote to their output: nothing, unless something went wrong. */
  get outputText(): string {
    return readFileSync(this.outputFile, 'utf8');
  }

  /** Ends every process and deletes the files; `KYU_FAULT_KEEP=1` keeps them for a look. */
  async remove(): Promise<void> {
    this.killAll();
    await Promise.all(this.members.map((member) => member.ended()));
    process.off('exit', this.killAll);
    this.events.close();
    this.recorder.close();
    closeSync(this.output);
    if (process.env['KYU_FAULT_KEEP'] === '1')
      console.log(`The files of the processes are kept in ${this.folder}.`);
    else rmSync(this.folder, { recursive: true, force: true });
  }

  private get members(): Member[] {
    return [...this.workers, ...this.producers];
  }

  private get outputFile(): string {
    return join(this.folder, 'output.log');
  }

  private planFor(role: 'worker' | 'producer', changes: Partial<FleetSettings>): MemberPlan {
    const eventFile = join(this.eventFolder, `${role}-${this.members.length + 1}.jsonl`);
    return {
      script: fileURLToPath(new URL(`${role}.js`, this.programs)),
      environment: { ...process.env, ...toEnvironment({ ...this.settings, ...changes, eventFile }) },
      output: this.output,
    };
  }

  private async untilReady(member: Member): Promise<void> {
    const isReady = (log: EventLog) => {
      if (member.end !== undefined) throw new Error(`It ended while it started: ${this.outputText}`);
      return log.of('ready', { pid: member.pid }).at(0);
    };
    await this.events.first(`the start of process ${member.pid}`, isReady, LONGEST_START_MS);
    member.isReady = true;
  }

  private readonly killAll = (): void => {
    for (const member of this.members) if (member.isRunning) member.kill();
  };
}
