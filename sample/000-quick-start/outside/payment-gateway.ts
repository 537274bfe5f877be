import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as passTime } from 'node:timers/promises';
import { ChargeBook, type ChargeBookOptions, type GatewayCounts } from './charge-book.js';

export interface PaymentGatewayOptions extends ChargeBookOptions {
  /** 0: any free port. */
  port?: number;
  host?: string;
  /** How long the gateway thinks before it answers, in ms. */
  answerAfterMs?: number;
}

const LARGEST_REQUEST_BYTES = 65_536;

/** A payment gateway over HTTP, as good and as bad as real ones. `POST /charges` charges a card, `GET /counts` tells. */
export class PaymentGateway {
  private readonly server: Server;

  private constructor(
    private readonly book: ChargeBook,
    private readonly answerAfterMs: number,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => send(response, 500, { error: String(error) }));
    });
  }

  static async start(options: PaymentGatewayOptions = {}): Promise<PaymentGateway> {
    const { port = 0, host = '127.0.0.1', answerAfterMs = 0 } = options;
    const gateway = new PaymentGateway(new ChargeBook(options), answerAfterMs);
    await new Promise<void>((resolve, reject) => {
      gateway.server.once('error', reject);
      gateway.server.listen(port, host, resolve);
    });
    return gateway;
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  counts(): GatewayCounts {
    return this.book.counts();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === '/counts') return send(response, 200, this.counts());
    if (request.method !== 'POST' || request.url !== '/charges') {
      return send(response, 404, { error: 'The gateway knows POST /charges and GET /counts.' });
    }
    const body = await readBody(request);
    if (this.answerAfterMs > 0) await passTime(this.answerAfterMs);
    const key = request.headers['idempotency-key'];
    const { status, ...answer } = this.book.enter(typeof key === 'string' ? key : '', body);
    send(response, status, answer);
  }
}

/** The body as JSON; `undefined` when it is none. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= LARGEST_REQUEST_BYTES) chunks.push(chunk as Buffer);
  }
  if (size > LARGEST_REQUEST_BYTES) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
