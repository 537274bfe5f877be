import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.js';
import { settled, World } from './support/world.js';

const stay = useWorld();

describe('the page Queues', () => {
  it('F92 pauses a queue with a reason, and resumes it', async () => {
    const page = await stay.visit('/queues');
    const stock = page.getByRole('region', { name: 'Queue stock' });
    await stock.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByLabel(/^Reason/).fill('inventory');
    await page.getByRole('button', { name: 'Pause the queue' }).click();
    await stay.said(/is paused/);
    expect(await stay.world.sql(`select job_type, reason from kyu_pauses where queue = 'stock'`)).toEqual([
      { job_type: '', reason: 'inventory' },
    ]);
    await stock.getByText('Paused').waitFor();
    await stock.getByRole('button', { name: 'Resume' }).first().click();
    await stay.said(/goes on/);
    expect(await stay.world.sql(`select 1 from kyu_pauses where queue = 'stock'`)).toEqual([]);
  });

  it('pauses one type of a queue, and resumes it', async () => {
    const page = await stay.visit('/queues');
    const media = page.getByRole('region', { name: 'Queue media' });
    await media.getByText('By type').click();
    await media.getByRole('button', { name: 'Pause resize_image' }).click();
    await stay.said(/resize_image is paused/);
    expect(await stay.world.sql(`select job_type from kyu_pauses where queue = 'media'`)).toEqual([
      { job_type: 'resize_image' },
    ]);
    await media.getByRole('button', { name: 'Resume resize_image' }).click();
    await stay.said(/resize_image goes on/);
    expect(await stay.world.sql(`select 1 from kyu_pauses where queue = 'media'`)).toEqual([]);
  });
});

describe('the page Schedules', () => {
  it('F92 adds, runs, pauses, resumes, edits and removes a schedule', async () => {
    const page = await stay.visit('/schedules');
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('weekly-stock');
    await dialog.getByLabel('Cron').fill('0 7 * * 1');
    await dialog.getByLabel('Zone').fill('America/New_York');
    await dialog.getByLabel('Type of the job').fill('count_stock');
    await dialog
      .getByText(/Monday/)
      .first()
      .waitFor();
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await stay.said(/weekly-stock is kept/);
    const read = (): Promise<object[]> =>
      stay.world.sql(
        `select cron, timezone, job_type, paused_at is not null as paused from kyu_schedules where name = 'weekly-stock'`,
      );
    const kept = { cron: '0 7 * * 1', timezone: 'America/New_York', job_type: 'count_stock', paused: false };
    expect(await read()).toEqual([kept]);

    await page.getByRole('button', { name: 'Run weekly-stock now' }).click();
    await stay.said(/weekly-stock was enqueued/);
    await page.getByRole('button', { name: 'Pause weekly-stock' }).click();
    await stay.said(/weekly-stock is paused/);
    expect(await read()).toEqual([{ ...kept, paused: true }]);
    await page.getByRole('button', { name: 'Resume weekly-stock' }).click();
    await stay.said(/weekly-stock goes on/);

    await page.getByRole('button', { name: 'Edit weekly-stock' }).click();
    await page.getByRole('dialog').getByLabel('Cron').fill('0 8 * * 1');
    await page
      .getByRole('dialog')
      .getByText(/Monday/)
      .first()
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();
    await page.getByText('0 8 * * 1').waitFor();
    expect(await read()).toEqual([{ ...kept, cron: '0 8 * * 1' }]);

    await page.getByRole('button', { name: 'Remove weekly-stock' }).click();
    await page.getByRole('button', { name: 'Remove the schedule' }).click();
    await stay.said(/weekly-stock is removed/);
    expect(await read()).toEqual([]);
  });

  it('says what is wrong with a cron expression before it is kept', async () => {
    const page = await stay.visit('/schedules');
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Cron').fill('99 * * * *');
    await dialog.locator('.preview .bad').waitFor();
    expect(await dialog.getByRole('button', { name: 'Keep' }).isDisabled()).toBe(true);
  });
});

describe('the page Workers', () => {
  it('F92 drains one worker', async () => {
    await stay.world.beat();
    const page = await stay.visit('/workers');
    const worker = page.getByRole('region', { name: 'Worker worker-a 4117' });
    await worker.getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('button', { name: 'Drain the worker' }).click();
    await stay.said(/takes no more jobs/);
    await worker.getByText(/asked to drain/).waitFor();
  });
});

describe('the page Audit', () => {
  it('F92 shows what was just done, and finds it by its action', async () => {
    const page = await stay.visit('/audit');
    const before = await page.getByRole('row').count();
    expect(before).toBeGreaterThan(20);
    await page.getByLabel('Action').selectOption('pauseType');
    await page.waitForURL(/action=pauseType/);
    await page.getByRole('cell', { name: 'pauseType' }).first().waitFor();
    const actions = await page.locator('tbody td[data-label="Action"]').allInnerTexts();
    expect(new Set(actions)).toEqual(new Set(['pauseType']));
  });
});

describe('the page Settings', () => {
  it('F92 fixes what the doctor can fix without harm', async () => {
    // Nobody announced what the ledger was filled with.
    const page = await stay.visit('/settings');
    await page.getByRole('button', { name: 'Fix redis-forgot' }).first().click();
    await stay.said(/redis-forgot is fixed/);
  });

  it('F96 keeps the theme and the refresh of this browser', async () => {
    const page = await stay.visit('/settings');
    await page.getByRole('button', { name: 'dark' }).click();
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByLabel('Refresh').selectOption('manual');
    await page.getByRole('status').filter({ hasText: 'Manual' }).waitFor();
    await page.locator('#doctor').waitFor();
  });
});

describe('an account that may only look', () => {
  it('F94 is offered no change anywhere', async () => {
    const guest = await World.create({ access: () => 'read' });
    try {
      for (const path of ['/', '/jobs', '/errors', '/queues', '/schedules', '/workers']) {
        const page = await guest.visit(path);
        await settled(page);
        const verbs =
          /^(Pause|Resume|Retry|Cancel|Delete|Drain|Run now|Add a schedule|Enqueue a job|All that match|Edit|Remove)/;
        expect(await page.getByRole('button', { name: verbs }).count(), path).toBe(0);
        await page.context().close();
      }
    } finally {
      await guest.close();
    }
  });
});
