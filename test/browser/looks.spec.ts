import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from './support/chart-of-pages.js';
import { settled, World } from './support/world.js';

const FOLDER = fileURLToPath(new URL('screenshots/', import.meta.url));
const LOOKS = [
  ['light', { width: 1280, height: 800 }],
  ['dark', { width: 1280, height: 800 }],
  ['phone', { width: 360, height: 740 }],
] as const;

let world: World;
let deadJob = '';

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  world = await World.create();
  const [row] = await world.sql<{ id: string }>(
    `select job_id as id from kyu_job_logs join kyu_jobs on kyu_jobs.id = job_id
where status = 'dead' and queue = 'payments' order by created_at desc limit 1`,
  );
  deadJob = row?.id ?? '';
});

afterAll(() => world.close());

describe.each(LOOKS)('in %s', (look, viewport) => {
  it.each(PAGES)('F96 %s fits, and its picture is kept', async (name, path) => {
    await world.beat();
    const page = await world.visit(path.replace(':job', deadJob), {
      viewport,
      colorScheme: look === 'dark' ? 'dark' : 'light',
    });
    await settled(page);
    await page.screenshot({ path: `${FOLDER}${name}-${look}.png`, fullPage: false });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow, 'nothing to scroll sideways for').toBeLessThanOrEqual(0);
    await page.context().close();
  });
});
