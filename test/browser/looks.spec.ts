import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from './support/world.js';

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

const PAGES: readonly (readonly [string, string])[] = [
  ['overview', '/?window=24h'],
  ['jobs', '/jobs?query=status:dead'],
  ['job', '/jobs/:dead'],
  ['errors', '/errors'],
  ['queues', '/queues'],
  ['schedules', '/schedules'],
  ['workers', '/workers'],
  ['audit', '/audit'],
  ['settings', '/settings'],
];

describe.each(LOOKS)('in %s', (look, viewport) => {
  it.each(PAGES)('%s looks as it should', async (name, path) => {
    await world.beat();
    const page = await world.visit(path.replace(':dead', deadJob), {
      viewport,
      colorScheme: look === 'dark' ? 'dark' : 'light',
    });
    await page.locator('main h1').waitFor();
    await page.getByText('Reading …').waitFor({ state: 'detached' });
    await page.screenshot({ path: `${FOLDER}${name}-${look}.png`, fullPage: false });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing to scroll sideways for').toBeLessThanOrEqual(0);
    await page.context().close();
  });
});
