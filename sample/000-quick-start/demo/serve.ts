import { pathToFileURL } from 'node:url';
import { Interruption } from './interruption.js';
import type { Screen } from './screen.js';
import type { ShopClient } from './shop-client.js';
import type { Shop } from './shop.js';
import type { Stores } from './stores.js';
import { trickle } from './trickle.js';

export interface ServeOptions {
  client: ShopClient;
  shop: Shop;
  stores: Stores;
  /** More orders like these come in while it serves. */
  ordersPath: string;
  reportFile: string | undefined;
  screen: Screen;
  signal: AbortSignal;
}

/**
 * Keeps everything up, and the shop busy, until somebody asks for the end.
 * @throws the reason of the signal when it is not somebody's wish
 */
export async function serveUntilInterrupted(options: ServeOptions): Promise<void> {
  const { screen, signal } = options;
  screen.say();
  for (const [name, address] of addressesOf(options)) screen.say(`${name.padEnd(11)}${address}`);
  screen.say();
  screen.say('The shop stays open until Ctrl-C, and an order comes in about every second.');
  await trickle(options);
  if (!(signal.reason instanceof Interruption)) throw signal.reason;
}

function addressesOf({ reportFile, shop, stores }: ServeOptions): [string, string][] {
  const addresses: [string, string][] = [
    ['dashboard', `${shop.apiUrl}/dashboard`],
    ['API', `${shop.apiUrl}/orders/summary (POST /orders, POST /reports)`],
    ['health', `${shop.apiUrl}/health`],
    ['metrics', `${shop.apiUrl}/metrics (the API)`],
    ...shop.workers.map(({ metricsUrl, process }): [string, string] => [
      '',
      `${metricsUrl} (${process.name})`,
    ]),
  ];
  if (reportFile !== undefined) addresses.push(['report', pathToFileURL(reportFile).href]);
  // With its password, which is as short-lived as the server.
  if (stores.isOwnDatabase) addresses.push(['ledger', `psql '${stores.databaseUrl}'`]);
  return addresses;
}
