import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Direction, LaneFault, LostReply } from './faults.js';
import { Link } from './link.js';

const NOTHING: LaneFault = {};

/**
 * Stands between processes and a server, and does to their connections what networks do: slow them down, stop them,
 * forget them, cut them. Faults hold for the connections that live and for those that come, until they are changed.
 */
export class FaultProxy {
  private readonly links = new Set<Link>();
  private readonly faults: Record<Direction, LaneFault> = { requests: NOTHING, replies: NOTHING };
  private wanted: { readonly reply: LostReply; readonly lost: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
  ) {
    server.on('connection', (client) => this.serve(client));
  }

  /** Listens on a free port of loopback. */
  static async open(upstreamPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(server, upstreamPort);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that pass through here now, half-open ones included. */
  get connections(): number {
    return this.links.size;
  }

  /** The connection string that leads through here. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.port);
    return changed.href;
  }

  /** From now on; it replaces the fault of this way before. */
  strike(direction: Direction, fault: LaneFault): void {
    this.faults[direction] = fault;
    for (const link of this.links) link.change(direction, fault);
  }

  /** Nothing arrives either way, new connections included. */
  blackHole(): void {
    this.strike('requests', { blackHole: true });
    this.strike('replies', { blackHole: true });
  }

  /** What is half-open stays so. */
  heal(): void {
    this.strike('requests', NOTHING);
    this.strike('replies', NOTHING);
  }

  /**
   * The connections that live are forgotten, as by a firewall that lost its table: neither side hears of the other
   * again, not even of its end. New ones pass. Answers how many were struck.
   *
   * @param greeting A piece of the first bytes of the clients that are meant; all when absent.
   */
  halfOpen(greeting = ''): number {
    return this.each(greeting, (link) => link.halfOpen());
  }

  /** The connections that live are reset. Answers how many. */
  reset(greeting = ''): number {
    return this.each(greeting, (link) => link.reset());
  }

  /** The next such request is served, and its client never hears of it: the connection is cut instead of the reply. */
  loseReply(reply: LostReply): Promise<void> {
    return new Promise((lost) => (this.wanted = { reply, lost }));
  }

  async close(): Promise<void> {
    for (const link of this.links) link.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    const server = connect({ port: this.upstreamPort, host: '127.0.0.1', allowHalfOpen: true });
    const link: Link = new Link(client, server, this.faults, {
      wanted: () => this.wanted?.reply,
      onLost: () => {
        this.wanted?.lost();
        this.wanted = undefined;
      },
      onGone: () => this.links.delete(link),
    });
    this.links.add(link);
  }

  private each(greeting: string, strike: (link: Link) => void): number {
    const struck = [...this.links].filter((link) => link.greeting.includes(greeting));
    for (const link of struck) strike(link);
    return struck.length;
  }
}
