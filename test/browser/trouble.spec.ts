import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { outside } from './support/shop.js';
import { useWorld } from './support/use-world.js';

const stay = useWorld();

async function jobsOf(type: string): Promise<Record<string, number>> {
  const rows = await stay.world.sql<{ status: string; count: string }>(
    'select status, count(*) from kyu_jobs where job_type = $1 group by status',
    [type],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
}

async function until(type: string, expected: Record<string, number>): Promise<void> {
  await eventually(async () => expect(await jobsOf(type)).toEqual(expected), { withinMs: 10_000 });
}

async function enqueue(type: string, count: number, options: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    ids.push((await stay.world.producer.enqueue(type, { number }, options)).id);
  }
  return ids;
}

/** Presses a button of the page or dialog and waits for what it says afterwards. */
async function press(name: string | RegExp, said: RegExp): Promise<void> {
  await stay.page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click();
  await stay.said(said);
}

describe('the mail server is down', () => {
  it('F92 is found among the errors, mended, and all its jobs run again', async () => {
    outside.mailServerIsDown = true;
    await enqueue('send_receipt', 7);
    await until('send_receipt', { dead: 7 });
    const page = await stay.visit('/errors?window=1h');
    const group = page.locator('.error-group', { hasText: 'MailServerDown' });
    await group.waitFor();
    expect(await group.innerText()).toContain('7');
    outside.mailServerIsDown = false;
    await group.getByRole('button', { name: 'Retry 7 dead jobs' }).click();
    await page.getByRole('dialog').getByText('7 jobs').first().waitFor();
    await press('Retry 7 jobs', /7 jobs retried/);
    await until('send_receipt', { completed: 7 });
    const [audit] = await stay.world.sql<{ action: string; affected: number }>(
      'select action, affected from kyu_audit order by at desc limit 1',
    );
    expect(audit).toEqual({ action: 'retryMany', affected: 7 });
  });

  it('F93 shows by itself when a job ends', async () => {
    outside.mailServerIsDown = true;
    const [id = ''] = await enqueue('send_receipt', 1);
    await until('send_receipt', { completed: 7, dead: 1 });
    const page = await stay.visit(`/jobs/${id}`);
    await page.locator('h1 .badge.tone-dead').waitFor();
    outside.mailServerIsDown = false;
    await press('Retry', /pending again/);
    await page.locator('h1 .badge.tone-completed').waitFor();
    await page.getByText('Run 2: completed').waitFor();
    await until('send_receipt', { completed: 8 });
  });
});

describe('one job', () => {
  it('is run now, rescheduled, changed, cancelled and deleted', async () => {
    const [id = ''] = await enqueue('count_stock', 1, { delay: '3h' });
    const page = await stay.visit(`/jobs/${id}`);
    await page.getByText('Why is it not running?').waitFor();
    await page.getByRole('button', { name: 'Reschedule' }).click();
    await page.getByLabel(/^Due/).fill('5h');
    await page.getByRole('dialog').getByRole('button', { name: 'Reschedule' }).click();
    await page.locator('.notice', { hasText: 'new time' }).waitFor();
    const [moved] = await stay.world.sql<{ hours: number }>(
      'select round(extract(epoch from scheduled_at - now()) / 3600)::integer as hours from kyu_jobs where id = $1',
      [id],
    );
    expect(moved).toEqual({ hours: 5 });

    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByRole('dialog').getByLabel('Priority').fill('9');
    await page
      .getByRole('dialog')
      .getByLabel(/^Payload/)
      .fill('{"shelf": 7}');
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await page.locator('.notice', { hasText: 'is changed' }).waitFor();
    const [changed] = await stay.world.sql<{ priority: number; payload: object }>(
      'select priority, payload from kyu_jobs where id = $1',
      [id],
    );
    expect(changed).toEqual({ priority: 9, payload: { shelf: 7 } });

    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel(/^Reason/).fill('not needed');
    await press('Cancel the job', /is cancelled/);
    await page.locator('h1 .badge.tone-cancelled').waitFor();
    const [cancelled] = await stay.world.sql<{ status: string; reason: string }>(
      `select status, reason from kyu_jobs join kyu_audit on job_id = kyu_jobs.id and action = 'cancel' where kyu_jobs.id = $1`,
      [id],
    );
    expect(cancelled).toEqual({ status: 'cancelled', reason: 'not needed' });

    await page.getByRole('button', { name: 'Delete' }).click();
    await press('Delete the job', /is deleted/);
    await page.waitForURL(/\/jobs$/);
    expect(await stay.world.sql('select 1 from kyu_jobs where id = $1', [id])).toEqual([]);
  });

  it('is made due now', async () => {
    const [id = ''] = await enqueue('count_stock', 1, { delay: '3h' });
    const page = await stay.visit(`/jobs/${id}`);
    await press('Run now', /due now/);
    await page.locator('h1 .badge.tone-completed').waitFor();
    const [row] = await stay.world.sql<{ status: string }>('select status from kyu_jobs where id = $1', [id]);
    expect(row).toEqual({ status: 'completed' });
  });

  it('is stopped while it runs', async () => {
    const [id = ''] = await enqueue('wait_for_stop', 1);
    await until('wait_for_stop', { running: 1 });
    const page = await stay.visit(`/jobs/${id}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await press('Cancel the job', /asked to stop/);
    await page.locator('h1 .badge.tone-cancelled').waitFor();
    await until('wait_for_stop', { cancelled: 1 });
  });

  it('is not changed to a number that the server could only round; the page says so', async () => {
    const [id = ''] = await enqueue('count_stock', 1, { delay: '3h' });
    const page = await stay.visit(`/jobs/${id}`);
    await page.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Payload/).fill('{"shelf": 9007199254740993}');
    await dialog.getByRole('button', { name: 'Change' }).click();
    const alert = dialog.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/KYU_API_BODY[^]*9007199254740993/);
    expect(await stay.world.sql('select payload from kyu_jobs where id = $1', [id])).toEqual([
      { payload: { number: 0 } },
    ]);
  });

  it('is enqueued by hand', async () => {
    const page = await stay.visit('/jobs');
    await page.getByRole('button', { name: 'Enqueue a job' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Type').fill('send_receipt');
    await dialog.getByLabel(/^Payload/).fill('{"shelf": ');
    expect(await dialog.getByRole('button', { name: 'Enqueue' }).isDisabled()).toBe(true);
    await dialog.getByLabel(/^Payload/).fill('{"by": "hand"}');
    await press('Enqueue', /was enqueued/);
    const [row] = await stay.world.sql<{ count: string }>(
      `select count(*) from kyu_jobs where job_type = 'send_receipt' and payload = '{"by": "hand"}'`,
    );
    expect(row).toEqual({ count: '1' });
  });
});

describe('a payload', () => {
  it('F92 shows every digit', async () => {
    const [row] = await stay.world.sql<{ id: string; number: string }>(
      `select id, payload ->> 'orderId' as number from kyu_jobs
where status = 'completed' and (payload ->> 'orderId')::bigint % 2 = 1 and queue = 'payments' limit 1`,
    );
    const page = await stay.visit(`/jobs/${row?.id ?? ''}`);
    const numbers = page.locator('.json-number', { hasText: row?.number ?? 'none' });
    await numbers.first().waitFor();
    const texts = await page.locator('.json-number').allInnerTexts();
    expect(texts).toContain(row?.number);
  });
});

describe('many jobs', () => {
  it('are deleted only when their number is typed', async () => {
    await enqueue('old_report', 620, { delay: '9h', queue: 'exports' });
    const page = await stay.visit('/jobs?query=type:old_report');
    await page.getByText('All that match').click();
    await page.getByRole('button', { name: 'Delete all …' }).click();
    const submit = page.getByRole('dialog').getByRole('button', { name: 'Delete 620 jobs' });
    await submit.waitFor();
    expect(await submit.isDisabled()).toBe(true);
    await page
      .getByRole('dialog')
      .getByLabel(/to confirm/)
      .fill('62');
    expect(await submit.isDisabled()).toBe(true);
    await page
      .getByRole('dialog')
      .getByLabel(/to confirm/)
      .fill('620');
    await press('Delete 620 jobs', /620 jobs deleted/);
    expect(await jobsOf('old_report')).toEqual({});
    await page.getByText('No job matches the query.').waitFor();
  });

  it('are selected one by one', async () => {
    await enqueue('some_report', 5, { delay: '9h', queue: 'exports' });
    const page = await stay.visit('/jobs?query=type:some_report');
    const boxes = page.locator('[data-select]');
    await boxes.nth(4).waitFor();
    await boxes.nth(0).check();
    await boxes.nth(2).check();
    await page.getByText('2 jobs selected').waitFor();
    await page.getByRole('group', { name: 'Selected jobs' }).getByRole('button', { name: 'Cancel' }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/to confirm/)
      .fill('2');
    await press('Cancel 2 jobs', /2 jobs cancelled/);
    expect(await jobsOf('some_report')).toEqual({ cancelled: 2, scheduled: 3 });
  });

  it('are rescheduled and made due by their query', async () => {
    const page = await stay.visit('/jobs?query=type:some_report status:scheduled');
    await page.getByText('All that match').click();
    await page.getByRole('button', { name: 'Reschedule all …' }).click();
    await page.getByRole('dialog').getByLabel(/^Due/).fill('20h');
    await press('Reschedule 3 jobs', /3 jobs rescheduled/);
    const [row] = await stay.world.sql<{ count: string }>(
      `select count(*) from kyu_jobs where job_type = 'some_report' and scheduled_at > now() + interval '19 hours'`,
    );
    expect(row).toEqual({ count: '3' });
    await page.getByText('All that match').click();
    await page.getByRole('button', { name: 'Run now all …' }).click();
    await press('Run now 3 jobs', /3 jobs made due now/);
    expect(await jobsOf('some_report')).toEqual({ cancelled: 2, pending: 3 });
  });
});
