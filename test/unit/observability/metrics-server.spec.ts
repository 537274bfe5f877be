import { EventEmitter, once } from 'node:events';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KyuConfigError } from '../../../lib/core/errors.js';
import { MetricsServer, type MetricsPage } from '../../../lib/observability/metrics-server.js';

const HOST = '127.0.0.1';
const PAGE: MetricsPage = {
  contentType: 'text/plain; version=0.0.4',
  text: async () => 'kyu_jobs_total 1\n',
};

const servers: MetricsServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function started(page: MetricsPage): Promise<{ server: MetricsServer; url: string }> {
  const server = new MetricsServer({ port: 0, host: HOST, page });
  servers.push(server);
  await server.start();
  return { server, url: `http://${HOST}:${server.port}` };
}

describe('the metrics server', () => {
  it('serves the page', async () => {
    const { url } = await started(PAGE);
    const response = await fetch(`${url}/metrics?name[]=kyu`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(PAGE.contentType);
    expect(await response.text()).toBe('kyu_jobs_total 1\n');
  });

  it.each(['/', '/metrics/', '/metric', '//metrics', '/health'])('answers 404 at %s', async (path) => {
    const { url } = await started(PAGE);
    const response = await fetch(url + path);

    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/metrics');
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('refuses %s', async (method) => {
    const { url } = await started(PAGE);
    const response = await fetch(`${url}/metrics`, { method });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
  });

  it('keeps to itself why a page could not be made', async () => {
    const { url } = await started({
      ...PAGE,
      text: () => Promise.reject(new Error('postgres://kyu:canary@db/kyu')),
    });
    const response = await fetch(`${url}/metrics`);

    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The metrics could not be collected.\n');
  });

  it('names the option when the port is taken', async () => {
    const occupant = createServer();
    await new Promise<void>((resolve) => occupant.listen(0, HOST, resolve));
    const { port } = occupant.address() as AddressInfo;
    const server = new MetricsServer({ port, host: HOST, page: PAGE });

    const error: unknown = await server.start().catch((reason: unknown) => reason);
    await new Promise((resolve) => occupant.close(resolve));

    expect(error).toBeInstanceOf(KyuConfigError);
    expect(error).toMatchObject({ code: 'KYU_CONFIG', field: 'metricsPort' });
    expect((error as Error).message).toContain(`metricsPort: got ${port}, which another program listens on`);
    expect(server.port).toBeUndefined();
    await server.stop();
  });

  it('frees its port at once, open connections or not, and can start again', async () => {
    const page = new EventEmitter();
    const asked = once(page, 'asked');
    const { server, url } = await started({
      ...PAGE,
      text: async () => {
        page.emit('asked');
        const [text] = await once(page, 'answered');
        return String(text);
      },
    });
    const scrape = fetch(`${url}/metrics`).then(
      () => 'answered',
      () => 'cut off',
    );
    await asked;
    await server.stop();
    page.emit('answered', '');

    expect(await scrape).toBe('cut off');
    await expect(fetch(`${url}/metrics`)).rejects.toThrow('fetch failed');
    await server.start();
    expect((await fetch(`http://${HOST}:${server.port}/`)).status).toBe(404);
  });

  it('does nothing when it is started twice or stopped twice', async () => {
    const { server } = await started(PAGE);
    const { port } = server;
    await server.start();
    expect(server.port).toBe(port);

    await server.stop();
    await server.stop();
    expect(server.port).toBeUndefined();
  });

  it('listens on all interfaces unless it is told otherwise', async () => {
    // Only asked for, not done: a test opens no port to the outside.
    const listen = vi.spyOn(Server.prototype, 'listen').mockReturnThis();
    const server = new MetricsServer({ port: 9_464, page: PAGE });
    void server.start();
    const [asked] = listen.mock.calls;
    listen.mockRestore();

    expect(asked?.[0]).toEqual({ port: 9_464 });
  });
});
