import type { Socket } from 'node:net';
import type { Direction, LaneFault, LostReply } from './faults.js';
import { Lane } from './lane.js';

/** What a link asks of its proxy. */
export interface LinkEvents {
  /** The reply that is to be lost next, if any. */
  readonly wanted: () => LostReply | undefined;
  readonly onLost: () => void;
  readonly onGone: () => void;
}

/** One client and its connection to the server. */
export class Link {
  /** The first bytes of the client: who it says it is. */
  greeting = '';
  private readonly lanes: Readonly<Record<Direction, Lane>>;
  private heldReply: { readonly lost: LostReply; readonly pieces: Buffer[] } | undefined;
  private isHalfOpen = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    faults: Readonly<Record<Direction, LaneFault>>,
    private readonly events: LinkEvents,
  ) {
    const cut = { onCut: () => this.destroy() };
    this.lanes = {
      requests: new Lane(server, faults.requests, cut),
      replies: new Lane(client, faults.replies, cut),
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.end()); // its peer is gone: `close` follows
      socket.on('close', () => this.end());
    }
    client.on('data', (bytes: Buffer) => this.hearClient(bytes));
    client.on('end', () => this.lanes.requests.take('end'));
    server.on('data', (bytes: Buffer) => this.hearServer(bytes));
    server.on('end', () => this.lanes.replies.take('end'));
  }

  change(direction: Direction, fault: LaneFault): void {
    this.lanes[direction].change(fault);
  }

  /** Neither side hears of the other again, not even of its end. */
  halfOpen(): void {
    this.isHalfOpen = true;
    this.lanes.requests.die();
    this.lanes.replies.die();
  }

  /** RST to both sides. */
  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  destroy(): void {
    this.lanes.requests.die();
    this.lanes.replies.die();
    this.client.destroy();
    this.server.destroy();
    this.events.onGone();
  }

  private end(): void {
    if (!this.isHalfOpen) this.destroy();
  }

  private hearClient(bytes: Buffer): void {
    if (this.greeting === '') this.greeting = bytes.toString('latin1');
    const lost = this.events.wanted();
    if (lost !== undefined && bytes.includes(lost.request)) this.heldReply ??= { lost, pieces: [] };
    this.lanes.requests.take(bytes);
  }

  private hearServer(bytes: Buffer): void {
    const held = this.heldReply;
    if (held === undefined) return this.lanes.replies.take(bytes);
    held.pieces.push(bytes);
    const reply = Buffer.concat(held.pieces);
    if (!held.lost.isWhole(reply)) return;
    this.heldReply = undefined;
    // Another link may have lost its reply meanwhile: one is wanted, and one is lost.
    const isWanted = this.events.wanted() === held.lost;
    if (!isWanted || held.lost.isWorthLosing?.(reply) === false) return this.lanes.replies.take(reply);
    this.events.onLost();
    this.destroy();
  }
}
