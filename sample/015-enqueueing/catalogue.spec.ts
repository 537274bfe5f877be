import { Test, type TestingModule } from '@nestjs/testing';
import { KyuTestbed, KyuTestingModule } from 'nestjs-kyu/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Catalogue, CatalogueModule, SearchIndex } from './catalogue.module.js';

describe('a catalogue', () => {
  let app: TestingModule;
  let kyu: KyuTestbed;
  let catalogue: Catalogue;
  let index: SearchIndex;

  beforeEach(async () => {
    app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot(), CatalogueModule],
    }).compile();
    kyu = app.get(KyuTestbed);
    catalogue = app.get(Catalogue);
    index = app.get(SearchIndex);
  });

  afterEach(() => app.close());

  it('tells the index of a product once, with its last title', async () => {
    for (const title of ['H', 'Ha', 'Hat']) {
      await catalogue.changed({ sku: 'A1', title });
      await kyu.advance('2s');
    }
    expect(index.writes).toBe(0);
    await kyu.advance('10s');
    expect([...index.titles]).toEqual([['A1', 'Hat']]);
    expect(index.writes).toBe(1);
  });

  it('exports once in twenty hours, whoever asks', async () => {
    const first = await catalogue.exportAll();
    await kyu.drain();
    await kyu.advance('19h');
    expect(await catalogue.exportAll()).toEqual({ id: first.id, created: false });
    await kyu.advance('2h');
    expect(await catalogue.exportAll()).toMatchObject({ created: true });
  });

  it('imports what can be imported, and names the rest', async () => {
    const endless: Record<string, unknown> = { sku: 'C3', title: 'Coat' };
    endless['self'] = endless;
    const refused = await catalogue.importAll([
      { sku: 'A1', title: 'Hat' },
      { sku: 'A1', title: 'Hat again' },
      endless as never,
      { sku: 'B2', title: 'Belt' },
    ]);
    expect(refused).toEqual([expect.stringMatching(/^Item 2: /)]);
    await kyu.drain();
    expect([...index.titles]).toEqual([
      ['A1', 'Hat'],
      ['B2', 'Belt'],
    ]);
  });

  it('announces a sale in time', async () => {
    const start = kyu.now().getTime() + 3_600_000;
    await catalogue.announceSale('Winter', new Date(start), new Date(start + 3_600_000));
    await kyu.advance('1h');
    expect(catalogue.announced).toEqual(['Winter']);
  });
});
