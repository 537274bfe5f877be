import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KyuConfigError } from '../core/errors.js';

/** What the server serves: `KyuMetrics`, or anything that can write a page. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface MetricsServerOptions {
  /** The option `metricsPort`; 0 picks a free port, so whoever reads 0 as "off" must not start the server. */
  readonly port: number;
  /** Default: all interfaces, because Prometheus asks from another machine. The page has no login. */
  readonly host?: string;
  readonly page: MetricsPage;
}

const PATH = '/metrics';

/** Serves `GET /metrics` on a port of its own, for processes that have no HTTP server, or none that outsiders may see. */
export class MetricsServer {
  private server: Server | undefined;

  constructor(private readonly options: MetricsServerOptions) {}

  /** The port that it listens on; `undefined` while it does not. */
  get port(): number | undefined {
    const address = this.server?.address() as AddressInfo | null | undefined; // a TCP server has no path for an address
    return address?.port;
  }

  /** @throws KyuConfigError when the port is taken or not allowed. */
  async start(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer((request, response) => void this.answer(request, response));
    await this.listen(server);
    // The page is no reason for the process to live on.
    server.unref();
    this.server = server;
  }

  /** Resolves when the port is free again. A scrape that is under way is cut off: the next one finds another target. */
  async stop(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    this.server = undefined;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      // Prometheus keeps its connection open between scrapes; waiting for it would hold up the shutdown.
      server.closeAllConnections();
    });
  }

  private listen(server: Server): Promise<void> {
    const { host, port } = this.options;
    return new Promise((resolve, reject) => {
      // It stays for the life of the server: an error event that nobody hears would end the process.
      server.on('error', (error: NodeJS.ErrnoException) => reject(portError(port, error)));
      server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (request.url ?? '').split('?', 1);
    if (path !== PATH) return refuse(response, 404, `Not found. The metrics are at ${PATH}.\n`);
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      return refuse(response, 405, 'Only GET is allowed.\n');
    }
    try {
      const { page } = this.options;
      const text = await page.text();
      response.writeHead(200, { 'Content-Type': page.contentType }).end(text);
    } catch {
      // What went wrong may hold secrets, and the page has no login.
      refuse(response, 500, 'The metrics could not be collected.\n');
    }
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

function portError(port: number, error: NodeJS.ErrnoException): Error {
  const reason = REASONS[error.code ?? ''];
  if (reason === undefined) return error;
  return new KyuConfigError([
    {
      field: 'metricsPort',
      value: `${port}, ${reason}`,
      allowed: 'a port that this process may open and no other program uses, or 0 for none',
    },
  ]);
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'which another program listens on',
  EACCES: 'which this user may not open',
};
