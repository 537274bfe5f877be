import { fileURLToPath } from 'node:url';
import { placeOrders } from './order-desk.js';

// Places a file of orders with a shop that runs already:
//   node dist/sample/000-quick-start/outside/place-orders.js http://127.0.0.1:3000 [orders.csv]

const SHIPPED_ORDERS = fileURLToPath(
  new URL('../../../../sample/000-quick-start/data/orders.csv', import.meta.url),
);

const [, , apiUrl = 'http://127.0.0.1:3000', path = SHIPPED_ORDERS] = process.argv;
const { badLines, knownBefore, placed } = await placeOrders({ apiUrl, path });
for (const { lineNumber, reason } of badLines) console.log(`Line ${lineNumber} was skipped: ${reason}`);
console.log(`${placed} orders were placed, ${knownBefore} were known before.`);
