import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';

/** A client of the proxy, and what it hears. */
class Client {
  heard = '';
  ended = false;
  error: NodeJS.ErrnoException | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.heard += bytes.toString()));
    socket.on('close', () => (this.ended = true));
    socket.on('error', (error) => (this.error = error));
  }

  static async through(proxy: FaultProxy): Promise<Client> {
    const socket = connect(proxy.port, '127.0.0.1');
    await once(socket, 'connect');
    return new Client(socket);
  }

  say(text: string): void {
    this.socket.write(text);
  }

  async hears(text: string): Promise<void> {
    await eventually(() => expect(this.heard).toBe(text), { withinMs: 2_000 });
  }

  /** Says it, and answers how long the echo took, in ms. */
  async echo(text: string): Promise<number> {
    const saidAt = performance.now();
    this.heard = '';
    this.say(text);
    await this.hears(text);
    return performance.now() - saidAt;
  }
}

describe('the fault proxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  let served: Socket[];
  let received: string;

  beforeEach(async () => {
    served = [];
    received = '';
    server = createServer((socket) => {
      served.push(socket);
      socket.on('data', (bytes: Buffer) => {
        received += bytes.toString();
        socket.write(bytes);
      });
      socket.on('error', () => {}); // cut by the test
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.open((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await proxy.close();
    for (const socket of served) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('passes bytes and the end of a connection both ways', async () => {
    const client = await Client.through(proxy);
    await client.echo('hello');
    client.socket.end();
    await eventually(() => expect(client.ended).toBe(true));
    expect(served[0]?.readableEnded).toBe(true);
    expect(proxy.connections).toBe(0);
  });

  it('delays one way of connections that live, and stops to do so', async () => {
    const client = await Client.through(proxy);
    await client.echo('before');
    proxy.strike('replies', { delayMs: 150 });
    expect(await client.echo('slow')).toBeGreaterThanOrEqual(145);
    proxy.heal();
    expect(await client.echo('quick')).toBeLessThan(140);
  });

  it('keeps the order of bytes whose delays differ', async () => {
    proxy.strike('requests', { delayMs: 1, jitterMs: 30 });
    const client = await Client.through(proxy);
    const words = Array.from({ length: 20 }, (_, index) => `${index};`);
    for (const word of words) {
      client.say(word);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.hears(words.join(''));
  });

  it('throttles', async () => {
    proxy.strike('replies', { bytesPerSecond: 10_000 });
    const client = await Client.through(proxy);
    expect(await client.echo('x'.repeat(2_000))).toBeGreaterThanOrEqual(190);
  });

  it('holds everything in a black hole, the end included, and lets it out afterwards', async () => {
    const client = await Client.through(proxy);
    await client.echo('before');
    proxy.blackHole();
    client.say('during');
    served[0]?.end('bye');
    const late = await Client.through(proxy);
    late.say('new');
    await expect(client.hears('beforebye')).rejects.toThrow('Not within');
    expect([received, client.ended, late.heard]).toEqual(['before', false, '']);
    proxy.heal();
    await eventually(() => expect([client.ended, late.heard]).toEqual([true, 'new']));
    expect(client.heard).toBe('beforebye');
  }, 10_000);

  it('leaves connections half-open: neither side hears of the end of the other, and new ones pass', async () => {
    const [dead, living] = [await Client.through(proxy), await Client.through(proxy)];
    await Promise.all([dead.echo('dead'), living.echo('living')]);
    expect(proxy.halfOpen('dead')).toBe(1);
    dead.say('unheard');
    const end = served.find((socket) => socket.bytesWritten === 'dead'.length);
    end?.destroy();
    await living.echo('still here');
    await (await Client.through(proxy)).echo('new');
    expect([dead.ended, dead.heard, received.includes('unheard')]).toEqual([false, 'dead', false]);
    proxy.heal();
    dead.socket.end();
    await living.echo('and here');
    expect(dead.ended).toBe(false);
  });

  it('resets', async () => {
    const client = await Client.through(proxy);
    await client.echo('hello');
    expect(proxy.reset()).toBe(1);
    await eventually(() => expect(client.error?.code).toBe('ECONNRESET'));
    await eventually(() => expect(served[0]?.destroyed).toBe(true));
  });

  it('cuts after so many bytes', async () => {
    const client = await Client.through(proxy);
    await client.echo('before');
    proxy.strike('replies', { cutAfterBytes: 3 });
    client.heard = '';
    client.say('abcdef');
    await eventually(() => expect(client.ended).toBe(true));
    expect([client.heard, received]).toEqual(['abc', 'beforeabcdef']);
  });

  it('loses the reply to a request that was served, and no other', async () => {
    const [client, other] = [await Client.through(proxy), await Client.through(proxy)];
    const lost = proxy.loseReply({
      request: 'commit',
      isWhole: (reply) => reply.toString().endsWith('.'),
      isWorthLosing: (reply) => !reply.includes('nothing'),
    });
    await client.echo('commit nothing.');
    client.heard = '';
    client.say('commit one');
    client.say(' thing.');
    await lost;
    await eventually(() => expect(client.ended).toBe(true));
    expect([client.heard, received.endsWith('commit one thing.')]).toEqual(['', true]);
    await other.echo('commit another.');
  });
});
