import { readOrders, type BadLine } from './orders-file.js';
import type { OrderInput } from '../app/orders/order-input.js';

export interface DeskOptions {
  /** Where the shop listens, such as `http://127.0.0.1:3000`. */
  apiUrl: string;
  /** The file of orders. */
  path: string;
  /** How many orders are on their way to the shop at the same time. */
  atOnce?: number;
  /** Stops placing orders. */
  signal?: AbortSignal;
}

/** What became of the file's lines. */
export interface DeskResult {
  placed: number;
  /** Orders that the shop had from an earlier run. */
  knownBefore: number;
  /** Of the placed orders, those whose customer gets a letter. */
  withEmail: number;
  badLines: BadLine[];
}

/**
 * Reads a file of orders and places each with the shop, over HTTP.
 * @throws Error when the file cannot be read, or the shop refuses an order; the orders after it are not placed then
 */
export async function placeOrders({ apiUrl, path, atOnce = 16, signal }: DeskOptions): Promise<DeskResult> {
  const result: DeskResult = { placed: 0, knownBefore: 0, withEmail: 0, badLines: [] };
  const orders = readOrders(path, (badLine) => result.badLines.push(badLine));
  const desk = { orders, url: new URL('/orders', apiUrl), signal };
  // Several clerks share one pile: whoever is done takes the next order from it.
  const clerks = Array.from({ length: atOnce }, () => placeUntilDone(desk, result));
  try {
    await Promise.all(clerks);
  } finally {
    // When one clerk cannot go on, the pile is taken away from the others.
    await orders.return();
  }
  return result;
}

interface Desk {
  orders: AsyncIterator<OrderInput>;
  url: URL;
  signal: AbortSignal | undefined;
}

async function placeUntilDone(desk: Desk, result: DeskResult): Promise<void> {
  const { orders } = desk;
  for (let next = await orders.next(); !next.done; next = await orders.next()) {
    const isNew = await place(next.value, desk);
    if (!isNew) result.knownBefore += 1;
    else {
      result.placed += 1;
      if (next.value.email !== null) result.withEmail += 1;
    }
  }
}

/** @returns false when the shop has had this order before */
async function place(order: OrderInput, { url, signal }: Desk): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
    ...(signal && { signal }),
  });
  const answer = await response.text();
  if (!response.ok && response.status !== 409) {
    throw new Error(`The shop answered ${response.status} to order ${order.orderNo}: ${answer}`);
  }
  return response.ok;
}
