import { answerTimeForChaos } from './chaos/make-chaos.js';
import type { ClosingList } from './closing-list.js';
import { LedgerReader } from './ledger-reader.js';
import { openOutsideWorld, type OutsideWorld } from './outside-world.js';
import type { Screen } from './screen.js';
import { Shop } from './shop.js';
import { ShopClient } from './shop-client.js';
import { openStores, type Stores } from './stores.js';

/** Everything that runs: the stores, the world outside, the shop, and a view of its ledger. */
export interface Scene {
  stores: Stores;
  outside: OutsideWorld;
  ledger: LedgerReader;
  shop: Shop;
  client: ShopClient;
}

export interface SceneRequest {
  noRedis: boolean;
  chaos: boolean;
  port: number | undefined;
  orders: number;
  folder: string;
  screen: Screen;
  closing: ClosingList;
  stop: AbortController;
}

/** Opens everything in order; what was opened is on the closing list at once, whatever happens next. */
export async function openScene(request: SceneRequest): Promise<Scene> {
  const { chaos, closing, folder, noRedis, orders, port, screen, stop } = request;
  const stores = await openStores({ noRedis, closing, say: (line) => screen.say(line) });
  stop.signal.throwIfAborted();
  const ledger = await LedgerReader.open(stores.databaseUrl);
  closing.add('the view of the ledger', () => ledger.close());
  const outside = await openOutsideWorld(chaos ? answerTimeForChaos(orders) : 0, closing);
  screen.progress('The API and the workers are starting');
  const shop = await Shop.open({
    stores,
    outside,
    folder,
    port,
    closing,
    signal: stop.signal,
    onDeath: (error) => stop.abort(error),
  });
  screen.endProgress();
  return { stores, outside, ledger, shop, client: new ShopClient(shop.apiUrl, stop.signal) };
}
