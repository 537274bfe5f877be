import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { KyuProducer } from 'nestjs-kyu';
import type { KyuDashboardOptions } from 'nestjs-kyu/dashboard';
import { Pool } from 'pg';
import { inject } from 'vitest';
import type { DashboardApp } from '../../support/dashboard/dashboard-app.js';
import { MOUNT, openShop, SCHEMA } from './shop.js';

/** The application with its dashboard on the filled ledger, a browser that looks at it, and plain SQL that checks. */
export class World {
  private constructor(
    private readonly open: DashboardApp,
    private readonly browser: Browser,
    private readonly pool: Pool,
  ) {}

  static async create(dashboard: KyuDashboardOptions = {}): Promise<World> {
    const open = await openShop(inject('databaseUrl'), inject('redisUrl'), dashboard);
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    const pool = new Pool({
      connectionString: inject('databaseUrl'),
      max: 3,
      options: `-c search_path=${SCHEMA}`,
    });
    return new World(open, browser, pool);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.open.app.close();
    await this.pool.end();
  }

  get producer(): KyuProducer {
    return this.open.app.get(KyuProducer);
  }

  /** The address of a page below the mount. */
  address(path: string): string {
    return `${this.open.url}${MOUNT}${path === '/' ? '' : path}`;
  }

  context(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    return this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      timezoneId: 'Europe/Zurich',
      ...options,
    });
  }

  async visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await this.context(options);
    const page = await context.newPage();
    page.setDefaultTimeout(8_000);
    await page.goto(this.address(path));
    return page;
  }

  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }

  /** The workers that the ledger was filled with have no process that would beat for them. */
  async beat(): Promise<void> {
    await this.sql(
      `update kyu_workers set heartbeat_at = now() where lease_expires_at > now() + interval '1 day'`,
    );
  }
}

/** Until the page shows what it asked the server for. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.getByText('Reading …').first().waitFor({ state: 'detached' });
}
