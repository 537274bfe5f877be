import { Injectable, Module } from '@nestjs/common';
import { JobHandler, KyuProducer, type EnqueuedJob } from 'nestjs-kyu';

/** Payload of `index_product`. */
export interface Product {
  sku: string;
  title: string;
}

/** What the search engine knows. */
@Injectable()
export class SearchIndex {
  readonly titles = new Map<string, string>();
  writes = 0;

  put({ sku, title }: Product): void {
    this.titles.set(sku, title);
    this.writes += 1;
  }
}

@Injectable()
export class Catalogue {
  readonly announced: string[] = [];

  constructor(
    private readonly kyu: KyuProducer,
    private readonly index: SearchIndex,
  ) {}

  /** A title is typed letter by letter: the index hears of it ten seconds after the last one. */
  async changed(product: Product): Promise<void> {
    await this.kyu.enqueue('index_product', product, {
      delay: '10s',
      tags: [`sku:${product.sku}`],
      unique: { key: product.sku, onConflict: 'replace' },
    });
  }

  /** However many servers ask for it: one in twenty hours. */
  async exportAll(): Promise<EnqueuedJob> {
    return this.kyu.enqueue('export_all', {}, { priority: 'low', unique: { until: '20h' } });
  }

  /** A sale that is over must not be announced any more. */
  async announceSale(name: string, startsAt: Date, endsAt: Date): Promise<void> {
    await this.kyu.enqueue(
      'announce_sale',
      { name },
      { scheduledAt: startsAt, deadlineAt: endsAt, priority: 'high' },
    );
  }

  /** Answers the products that could not be enqueued, with the reason. */
  async importAll(products: readonly Product[]): Promise<string[]> {
    const results = await this.kyu.enqueueMany(
      products.map((product) => ({
        type: 'index_product',
        payload: product,
        options: { tags: ['import'], unique: { key: product.sku } },
      })),
    );
    return results.flatMap((result) => (result.status === 'rejected' ? [result.error.message] : []));
  }

  @JobHandler('index_product')
  indexProduct(product: Product): void {
    this.index.put(product);
  }

  @JobHandler('export_all')
  export(): number {
    return this.index.titles.size;
  }

  @JobHandler('announce_sale')
  announce({ name }: { name: string }): void {
    this.announced.push(name);
  }
}

@Module({ providers: [Catalogue, SearchIndex], exports: [Catalogue, SearchIndex] })
export class CatalogueModule {}
