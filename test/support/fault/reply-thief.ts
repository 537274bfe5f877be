import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** ReadyForQuery outside a transaction: what was asked for is committed by then. */
const DONE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/**
 * Stands between a process and PostgreSQL, and steals single replies: the statement reaches the server and is
 * committed, then the connection is cut before the client hears of it. Nothing else makes an outcome unknown at will.
 */
export class ReplyThief {
  private readonly sockets = new Set<Socket>();
  private wanted: { statement: string; take: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private readonly upstreamPort: number,
  ) {
    server.on('connection', (client) => this.serve(client));
  }

  static async open(upstreamPort: number): Promise<ReplyThief> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ReplyThief(server, upstreamPort);
  }

  /** The connection string that leads through here. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String((this.server.address() as AddressInfo).port);
    return changed.href;
  }

  /** The next reply to this statement is stolen, if the statement changed at least one row. */
  steal(statement: string): Promise<void> {
    return new Promise((take) => (this.wanted = { statement, take }));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    const server = connect(this.upstreamPort, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut);
      socket.on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    let held: Buffer[] | undefined;
    client.on('data', (request) => {
      if (this.wanted !== undefined && request.includes(`:${this.wanted.statement}\0`)) held ??= [];
      server.write(request);
    });
    server.on('data', (reply) => {
      if (held === undefined) return void client.write(reply);
      held.push(reply);
      const whole = Buffer.concat(held);
      if (!whole.subarray(-DONE.length).equals(DONE)) return;
      held = undefined;
      if (this.wanted === undefined || !changedSomething(whole)) return void client.write(whole);
      this.wanted.take();
      this.wanted = undefined;
      cut();
    });
  }
}

/** The tag of CommandComplete names the number of rows. */
function changedSomething(reply: Buffer): boolean {
  return /(UPDATE|SELECT|INSERT 0) [1-9]\d*\0/.test(reply.toString('latin1'));
}
