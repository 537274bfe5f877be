import type { OrderInput } from '../../../sample/000-quick-start/app/orders/order-input.js';
import { REFUSED_CARD } from '../../../sample/000-quick-start/outside/charge-book.js';
import { readOrders } from '../../../sample/000-quick-start/outside/orders-file.js';
import { DOMAIN_WITHOUT_MAILBOXES } from '../../../sample/000-quick-start/outside/smtp-sink.js';
import { inRepository } from '../deploy/repository.js';

/** A short file of orders, and what must become of it. */
export interface OrdersSample {
  content: string;
  orders: number;
  letters: number;
}

const HEADER = 'order_no,customer,email,amount_cents,currency,card,note';
const BAD_LINE = 'S-BAD,Somebody Hasty,hasty@mail.example,twelve euros,EUR,card_visa_4242,';

/** The first of the shipped orders; the last of them with a card that is refused and a mailbox that does not exist. */
export async function ordersSample(orders: number): Promise<OrdersSample> {
  const taken = await firstShippedOrders(orders);
  const last = taken.at(-1)!; // the file has many
  Object.assign(last, { card: REFUSED_CARD, email: `gone@${DOMAIN_WITHOUT_MAILBOXES}` });
  const lines = taken.map((order) =>
    [order.orderNo, order.customer, order.email, order.amountCents, order.currency, order.card, order.note]
      .map((field) => `"${String(field ?? '').replaceAll('"', '""')}"`)
      .join(','),
  );
  return {
    content: [HEADER, BAD_LINE, ...lines, ''].join('\n'),
    orders,
    letters: taken.filter(({ email }) => email !== null).length,
  };
}

async function firstShippedOrders(count: number): Promise<OrderInput[]> {
  const taken: OrderInput[] = [];
  for await (const order of readOrders(inRepository('sample/000-quick-start/data/orders.csv'), () => {})) {
    taken.push(order);
    if (taken.length === count) break;
  }
  return taken;
}
