import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderInput } from '../../sample/000-quick-start/app/orders/order-input.js';
import { makeOrdersFile } from '../../sample/000-quick-start/data/make-orders.js';
import { placeOrders } from '../../sample/000-quick-start/outside/order-desk.js';
import { readOrders, type BadLine } from '../../sample/000-quick-start/outside/orders-file.js';

const SHIPPED_ORDERS = fileURLToPath(
  new URL('../../sample/000-quick-start/data/orders.csv', import.meta.url),
);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the file of orders', () => {
  async function read(path: string): Promise<{ orders: OrderInput[]; badLines: BadLine[] }> {
    const badLines: BadLine[] = [];
    const orders: OrderInput[] = [];
    for await (const order of readOrders(path, (badLine) => badLines.push(badLine))) orders.push(order);
    return { orders, badLines };
  }

  async function readText(content: string): Promise<{ orders: OrderInput[]; badLines: BadLine[] }> {
    const path = join(folder, 'orders.csv');
    await writeFile(path, content);
    return read(path);
  }

  const HEADER = 'order_no,customer,email,amount_cents,currency,card,note';

  it('reads the shipped file: 1,000 orders, and one bad line with its number', async () => {
    const { orders, badLines } = await read(SHIPPED_ORDERS);

    expect(orders).toHaveLength(1_000);
    expect(new Set(orders.map((order) => order.orderNo)).size).toBe(1_000);
    const lines = (await readFile(SHIPPED_ORDERS, 'utf8')).split('\n');
    const lineNumber = lines.findIndex((line) => line.startsWith('S-BAD')) + 1;
    expect(badLines).toEqual([{ lineNumber, reason: 'amount_cents "twelve euros" is not a whole number' }]);
  });

  it('reads the awkward orders of the shipped file as they were meant', async () => {
    const { orders } = await read(SHIPPED_ORDERS);
    const customerOf = (orderNo: string) => orders.find((order) => order.orderNo === orderNo)?.customer;

    expect(customerOf('S-00003')).toBe('Jo "The Hammer" Kowalski');
    expect(customerOf('S-00017')).toBe("Robert'); DROP TABLE shop_orders;--");
    expect(customerOf('S-00041')).toBe('Line\nBreak');
    expect(customerOf('S-00058')).toBe('🦄 Unicorns & Co. 👩‍👩‍👧‍👦');
    expect(customerOf('S-00096')?.length).toBeGreaterThan(300);
    for (const script of [
      'Greek',
      'Cyrillic',
      'Hebrew',
      'Arabic',
      'Han',
      'Hiragana',
      'Hangul',
      'Devanagari',
    ]) {
      const inScript = new RegExp(`\\p{Script=${script}}`, 'u');
      expect(orders.filter((order) => inScript.test(order.customer)).length, script).toBeGreaterThan(10);
    }
    expect(orders.filter((order) => order.email === null).length).toBeGreaterThan(10);
    expect(orders.filter((order) => order.card === 'card_always_refused')).toHaveLength(8);
  });

  it('is made by the generator that lies beside it', async () => {
    expect(await readFile(SHIPPED_ORDERS, 'utf8')).toBe(makeOrdersFile());
  });

  it('reads files of Windows programs: byte order mark, CRLF, and still the right line numbers', async () => {
    const content = [
      HEADER,
      'S-1,"Ann',
      'Bee",,100,EUR,card,',
      '',
      'S-2,Cee,,10.5,EUR,card,',
      'S-3,Dee,,100,EUR,card,"a',
      '',
      'b"',
      'S-4,Eee,,100,EURO,card,',
    ].join('\r\n');

    const { orders, badLines } = await readText(`\uFEFF${content}`);

    expect(orders.map((order) => [order.customer, order.note])).toEqual([
      ['Ann\nBee', null],
      ['Dee', 'a\n\nb'],
    ]);
    expect(badLines).toEqual([
      { lineNumber: 5, reason: 'amount_cents "10.5" is not a whole number' },
      { lineNumber: 9, reason: 'currency "EURO" is not a currency code of three capital letters' },
    ]);
  });

  it('names every reason of a line, and reads on after lines that are broken', async () => {
    const { orders, badLines } = await readText(
      [
        HEADER,
        ',,,-5,eur,card,',
        'S-1,too few',
        'S-2,A 5" pipe,,0x10,EUR,card,',
        'S-3,A 5" pipe,,100,EUR,card,',
        'S-4,"never closed,,100,EUR,card,',
        'S-5,swallowed,,100,EUR,card,',
      ].join('\n'),
    );

    expect(orders.map((order) => order.customer)).toEqual(['A 5" pipe']);
    expect(badLines.sort((one, other) => one.lineNumber - other.lineNumber)).toEqual([
      {
        lineNumber: 2,
        reason: [
          'order_no "" is empty',
          'customer "" is empty',
          'amount_cents "-5" is not above 0',
          'currency "eur" is not a currency code of three capital letters',
        ].join('; '),
      },
      { lineNumber: 3, reason: 'has too few or too many fields' },
      { lineNumber: 4, reason: 'amount_cents "0x10" is not a whole number' },
      { lineNumber: 6, reason: 'opens a quote that is never closed' },
    ]);
  });

  it('tells text in another encoding from text in UTF-8', async () => {
    const path = join(folder, 'latin1.csv');
    await writeFile(path, Buffer.from(`${HEADER}\nS-1,Müller,,100,EUR,card,\n`, 'latin1'));

    const { orders, badLines } = await read(path);
    expect(orders).toEqual([]);
    expect(badLines).toEqual([
      { lineNumber: 2, reason: expect.stringContaining('not valid UTF-8') as string },
    ]);
  });

  it('does not read a file without the right columns, and says which are missing', async () => {
    await expect(readText('order_no,customer,total\nS-1,Ann,5\n')).rejects.toThrow(
      /lacks email, amount_cents, currency, card, note; it reads: order_no, customer, total/,
    );
    await expect(read(join(folder, 'nowhere.csv'))).rejects.toThrow(/ENOENT/);
  });

  it('is placed with the shop order by order, a few at the same time', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `S-${index},Ann,${index % 4 ? 'a@mail.example' : ''},1,EUR,card,`,
    );
    const path = join(folder, 'orders.csv');
    await writeFile(path, [HEADER, ...lines, 'S-BAD,Ann,,nothing,EUR,card,'].join('\n'));
    const seen: OrderInput[] = [];
    let inHand = 0;
    let mostInHand = 0;
    const shop = await openServer((request, response) => {
      inHand += 1;
      mostInHand = Math.max(mostInHand, inHand);
      void bodyOf(request).then((body) => {
        seen.push(JSON.parse(body) as OrderInput);
        inHand -= 1;
        response.writeHead(seen.length === 1 ? 409 : 201).end('{}');
      });
    });

    const result = await placeOrders({ apiUrl: shop.url, path, atOnce: 4 });
    await shop.close();

    expect(result).toMatchObject({ placed: 39, knownBefore: 1, badLines: [{ lineNumber: 42 }] });
    expect(result.withEmail).toBeGreaterThanOrEqual(29);
    expect(new Set(seen.map((order) => order.orderNo)).size).toBe(40);
    expect(mostInHand).toBeLessThanOrEqual(4);
  });

  it("stops with the shop's own words when the shop cannot take an order", async () => {
    const shop = await openServer((_request, response) => response.writeHead(500).end('out of paper'));
    await expect(placeOrders({ apiUrl: shop.url, path: SHIPPED_ORDERS })).rejects.toThrow(
      /500.*S-0.*out of paper/,
    );
    await shop.close();
  });
});

async function openServer(listener: RequestListener): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
