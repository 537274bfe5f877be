import type { OrderInput } from '../app/orders/order-input.js';

/** What the demo asks the shop's API, beside placing orders. */
export class ShopClient {
  constructor(
    private readonly apiUrl: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Plans a report a few seconds ahead. */
  async planReport(inSeconds: number): Promise<void> {
    await this.post('/reports', { title: 'Kyu quick start', inSeconds }, 'The shop plans no report');
  }

  async placeOrder(order: OrderInput): Promise<void> {
    await this.post('/orders', order, `The shop takes no order ${order.orderNo}`);
  }

  /** Where the API process announces its jobs right now: `redis` or `postgres`. */
  async dispatchMode(): Promise<string | undefined> {
    const response = await fetch(new URL('/health', this.apiUrl), { signal: this.signal });
    const health = (await response.json()) as {
      details?: { kyu?: { dispatcher?: { mode?: string } } };
    };
    return health.details?.kyu?.dispatcher?.mode;
  }

  private async post(path: string, body: object, otherwise: string): Promise<void> {
    const response = await fetch(new URL(path, this.apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: this.signal,
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${otherwise}: ${response.status} ${answer}`);
  }
}
