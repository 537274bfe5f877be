import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANARY_QUEUE } from './support/canaries.js';
import { PAGES } from './support/chart-of-pages.js';
import { settled, World } from './support/world.js';

// As text: what runs in the page knows other globals than this file.
const OPEN_DETAILS = `document.querySelectorAll('details').forEach((each) => each.setAttribute('open', ''))`;
const LOOK_FOR_MARKUP = `({
  sang: 'canarySang' in globalThis,
  markup: document.querySelectorAll('main img, main script, [onerror], a[href^="javascript"]').length,
  isShown: document.body.textContent.includes('onerror='),
})`;

let world: World;
let deadJob = '';
let canaryJobs: string[] = [];

beforeAll(async () => {
  world = await World.create();
  const [dead] = await world.sql<{ id: string }>(
    `select id from kyu_jobs where status = 'dead' and queue = 'payments' limit 1`,
  );
  deadJob = dead?.id ?? '';
  const canaries = await world.sql<{ id: string }>('select id from kyu_jobs where queue = $1', [
    CANARY_QUEUE,
  ]);
  canaryJobs = canaries.map(({ id }) => id);
});

afterAll(() => world.close());

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each(PAGES)('F96 %s has no serious violation of accessibility', async (_name, path) => {
    await world.beat();
    const page = await world.visit(path.replace(':job', deadJob), { colorScheme });
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`),
    ).toEqual([]);
    await page.context().close();
  });
});

it('F96 dialogs have no serious violation of accessibility', async () => {
  const page = await world.visit('/schedules');
  await settled(page);
  await page.getByRole('button', { name: 'Add a schedule' }).click();
  await page.getByRole('dialog').waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await page.context().close();
});

describe('stored markup', () => {
  it('F92 is shown as text on every page and never sings', async () => {
    expect(canaryJobs).toHaveLength(7);
    const query = encodeURIComponent(`queue:"${CANARY_QUEUE.replaceAll('"', '\\"')}"`);
    const paths = [
      ...PAGES.map(([, path]) => path.replace(':job', deadJob)),
      ...canaryJobs.map((id) => `/jobs/${id}`),
      `/jobs?query=${query}`,
      `/jobs?query=${encodeURIComponent('"><img src=x onerror=globalThis.canarySang=1>')}`,
      '/login?error=%3Cimg%20src%3Dx%20onerror%3D%22globalThis.canarySang%3D1%22%3E',
    ];
    let seen = 0;
    for (const path of paths) {
      const page = await world.visit(path);
      await settled(page);
      await page.evaluate(OPEN_DETAILS);
      const found = await page.evaluate<{ sang: boolean; markup: number; isShown: boolean }>(LOOK_FOR_MARKUP);
      expect(found, path).toMatchObject({ sang: false, markup: 0 });
      if (found.isShown) seen += 1;
      await page.context().close();
    }
    // A canary that nobody sees proves nothing.
    expect(seen).toBeGreaterThan(9);
  });

  it('has no way out: nothing is asked from outside, nothing breaks the policy', async () => {
    const context = await world.context();
    const page = await context.newPage();
    const outside: string[] = [];
    const refused: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(world.address('/').replace(/\/admin.*/, ''))) outside.push(request.url());
    });
    page.on('console', (line) => {
      if (/Content Security Policy/i.test(line.text())) refused.push(line.text());
    });
    for (const [, path] of PAGES) {
      await page.goto(world.address(path.replace(':job', deadJob)));
      await settled(page);
    }
    expect({ outside, refused }).toEqual({ outside: [], refused: [] });
    await context.close();
  });
});

describe('the first load', () => {
  it('F92 is at most 60 kB', () => {
    const folder = fileURLToPath(new URL('../../dist/lib/dashboard/assets/', import.meta.url));
    const sizes = readdirSync(folder).map((name) => gzipSync(readFileSync(folder + name)).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.log(`the first load is ${(total / 1_000).toFixed(1)} kB`);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThanOrEqual(60_000);
  });
});
