import type { HttpStream } from '../http/exchange.js';
import type { ServerEvents } from '../contract.js';
import type { Counted, Topic } from './glance.js';

/** How long a browser waits before it comes back after a stream has ended. */
const RETRY_MS = 2_000;

/** One open page. When it does not keep up, what it has not been told yet is told in one piece later. */
export class LiveClient {
  private readonly untold = new Set<Topic>();
  private counted: Counted | undefined;
  private isFull = false;

  constructor(
    private readonly stream: HttpStream,
    private readonly mayStay: () => Promise<boolean>,
  ) {}

  greet(): void {
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  tell(topics: readonly Topic[], counted: Counted): void {
    for (const topic of topics) this.untold.add(topic);
    this.counted = counted;
    this.flush();
  }

  /** A comment: proxies and browsers see that the connection lives. Whoever may not listen any more hears nothing more. */
  async beat(): Promise<void> {
    if (!(await this.mayStay())) return this.end();
    if (!this.isFull) this.write(': still here\n\n');
  }

  end(): void {
    this.stream.end();
  }

  private flush(): void {
    if (this.isFull || this.untold.size === 0 || this.counted === undefined) return;
    const changed: ServerEvents['changed'] = { topics: [...this.untold], ...this.counted };
    this.untold.clear();
    this.write(`event: changed\ndata: ${JSON.stringify(changed)}\n\n`);
  }

  private write(text: string): void {
    if (this.stream.write(text)) return;
    this.isFull = true;
    this.stream.drained(() => {
      this.isFull = false;
      this.flush();
    });
  }
}
