import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request as the server saw it. */
export interface HookRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** What the server says to a request. */
export interface HookAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Says nothing at all. */
  readonly silent?: boolean;
}

export interface HookServer {
  readonly url: string;
  readonly requests: HookRequest[];
  /** Answers to come, in order; afterwards 200. */
  readonly answers: HookAnswer[];
  close(): Promise<void>;
}

/** A server on loopback that stands for Slack and the like; closed when the test has finished. */
export async function startHookServer(): Promise<HookServer> {
  const requests: HookRequest[] = [];
  const answers: HookAnswer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      requests.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        text,
        body: JSON.parse(text) as Record<string, unknown>,
      });
      const { status = 200, headers = {}, body = 'ok', silent = false } = answers.shift() ?? {};
      if (silent) return;
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, answers, close };
}
