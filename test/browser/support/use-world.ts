import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { settled, World } from './world.js';

type VisitOptions = Parameters<World['visit']>[1];

/** A world for the tests of one file, and what they look at. */
export class Stay {
  private there: World | undefined;
  private latest: Page | undefined;

  get world(): World {
    if (this.there === undefined) throw new Error('There is a world only while tests run.');
    return this.there;
  }

  /** The page that was visited last. */
  get page(): Page {
    if (this.latest === undefined) throw new Error('No page was visited yet.');
    return this.latest;
  }

  /** Goes to a page, and waits until it shows what it asked for. */
  async visit(path: string, options: VisitOptions = {}): Promise<Page> {
    this.latest = await this.world.visit(path, options);
    await settled(this.latest);
    return this.latest;
  }

  /** Until a notice says so. */
  async said(words: RegExp): Promise<void> {
    await this.page.locator('.notice', { hasText: words }).first().waitFor();
  }

  async begin(): Promise<void> {
    this.there = await World.create();
  }

  async leavePage(): Promise<void> {
    await this.latest?.context().close();
    this.latest = undefined;
  }

  async end(): Promise<void> {
    await this.there?.close();
  }
}

/** Opens a world before the first test of a file and closes it after the last; a test's page closes with the test. */
export function useWorld(): Stay {
  const stay = new Stay();
  beforeAll(() => stay.begin());
  afterEach(() => stay.leavePage());
  afterAll(() => stay.end());
  return stay;
}
