import { Member, type MemberPlan } from './member.js';
import type { JobOrder, Load, ProducerCommand, ProducerReply, TransactionOrder } from './process-messages.js';

interface Waiter {
  readonly resolve: (jobs: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

/** A producer process, and the line to it. */
export class ProducerMember extends Member {
  private readonly waiters = new Map<number, Waiter>();
  private nextTicket = 1;
  private loadEnded: (() => void) | undefined;
  private load: Promise<void> = Promise.resolve();

  constructor(plan: MemberPlan) {
    super(plan);
    this.child.on('message', (message) => this.hear(message as ProducerReply));
  }

  /** Answers the ids of the jobs, in the order of the orders. */
  enqueue(orders: readonly JobOrder[]): Promise<readonly string[]> {
    return this.ask((ticket) => ({ kind: 'enqueue', ticket, orders }));
  }

  /** The same in one transaction of the application; resolves after its commit. */
  transact(order: TransactionOrder): Promise<readonly string[]> {
    return this.ask((ticket) => ({ kind: 'transact', ticket, ...order }));
  }

  /** Begins a stream of jobs. */
  startLoad(load: Load): void {
    this.load = new Promise((resolve) => (this.loadEnded = resolve));
    this.tell({ kind: 'load', load });
  }

  /** Resolves when the stream has come to its end by itself, every enqueue settled. */
  async loadDone(): Promise<void> {
    await this.load;
  }

  /** Ends the stream. */
  async stopLoad(): Promise<void> {
    this.tell({ kind: 'stop' });
    await this.load;
  }

  private ask(command: (ticket: number) => ProducerCommand): Promise<readonly string[]> {
    const ticket = this.nextTicket;
    this.nextTicket += 1;
    const answer = new Promise<readonly string[]>((resolve, reject) =>
      this.waiters.set(ticket, { resolve, reject }),
    );
    this.tell(command(ticket));
    return answer;
  }

  private tell(command: ProducerCommand): void {
    this.child.send(command);
  }

  private hear(message: ProducerReply): void {
    if (message.kind === 'load-ended') return this.loadEnded?.();
    const waiter = this.waiters.get(message.ticket);
    this.waiters.delete(message.ticket);
    if (message.kind === 'enqueued') waiter?.resolve(message.jobs);
    else waiter?.reject(new Error(message.error));
  }
}
