import type { OrderInput } from '../app/orders/order-input.js';
import { REFUSED_CARD } from '../outside/charge-book.js';
import { readOrders } from '../outside/orders-file.js';
import { DOMAIN_WITHOUT_MAILBOXES } from '../outside/smtp-sink.js';
import type { ShopClient } from './shop-client.js';
import { pause } from './wait-until.js';

export interface TrickleOptions {
  client: ShopClient;
  ordersPath: string;
  signal: AbortSignal;
}

/** An order about every second: slow enough to follow one, fast enough that something always happens. */
const BETWEEN_ORDERS_MS = 900;
/** So many different customers are enough to look real. */
const MOST_CUSTOMERS = 200;
/** Now and then a job has to fail for good, or the errors would have nothing to show. */
const REFUSED_EVERY = 12;
const UNREACHABLE_EVERY = 17;
const REPORT_EVERY = 60;
const REPORT_AFTER_SECONDS = 10;

/** Goes on placing orders, and has a report written now and then, until the signal aborts. */
export async function trickle({ client, ordersPath, signal }: TrickleOptions): Promise<void> {
  const customers = await firstOrders(ordersPath);
  // Numbers that no earlier run has used: whoever brings a database of their own serves more than once.
  const run = Date.now().toString(36).toUpperCase();
  for (let number = 1; !signal.aborted; number += 1) {
    const order = customers[number % customers.length];
    if (order === undefined) return;
    // A shop that is away for a moment gets the next order.
    await client.placeOrder(withFate({ ...order, orderNo: `L-${run}-${number}` }, number)).catch(() => {});
    if (number % REPORT_EVERY === 1) await client.planReport(REPORT_AFTER_SECONDS).catch(() => {});
    await pause(BETWEEN_ORDERS_MS, signal).catch(() => {});
  }
}

function withFate(order: OrderInput, number: number): OrderInput {
  if (number % REFUSED_EVERY === 0) return { ...order, card: REFUSED_CARD };
  if (number % UNREACHABLE_EVERY === 0) return { ...order, email: `gone@${DOMAIN_WITHOUT_MAILBOXES}` };
  return order;
}

async function firstOrders(path: string): Promise<OrderInput[]> {
  const orders: OrderInput[] = [];
  for await (const order of readOrders(path, () => {})) {
    orders.push(order);
    if (orders.length === MOST_CUSTOMERS) break;
  }
  return orders;
}
