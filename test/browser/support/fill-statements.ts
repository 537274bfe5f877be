/**
 * A ledger as a week of work leaves it: `:jobs` jobs of seven types in five queues, with their runs, logs, workers,
 * pauses, schedules and audit. Nothing in it moves by itself while the tests look: what is due lies hours ahead, and
 * what is pending waits in queues that are paused or have no worker.
 */
export const FILL_STATEMENTS: readonly string[] = [
  `create temp table kinds (kind integer, job_type text, queue text, run_ms integer, error text, tags text[])`,
  `insert into kinds values
  (0, 'send_email', 'mail', 180, 'ConnectionError: connect ECONNREFUSED 10.0.3.17:587', '{welcome}'),
  (1, 'send_email', 'mail', 180, 'MailRefused: 550 mailbox "user%s@example.com" does not exist', '{invoice}'),
  (2, 'charge_card', 'payments', 640, 'CardDeclined: the bank declined charge %s: insufficient funds', '{vip,eu}'),
  (3, 'refund', 'payments', 520, 'TimeoutError: the gateway did not answer within 5000 ms', '{eu}'),
  (4, 'build_report', 'reports', 8200, 'RangeError: Invalid array length %s', null),
  (5, 'resize_image', 'media', 950, 'Error: Input file contains unsupported image format', null),
  (6, 'transcode_video', 'media', 24000, 'Error: ffmpeg exited with code %s', '{4k}'),
  (7, 'export_orders', 'exports', 3100, 'TypeError: Cannot read properties of undefined (reading ''total'')', null)`,
  `create temp table workers (number integer, id uuid)`,
  `insert into workers select number, gen_random_uuid() from generate_series(1, 3) as number`,
  `insert into kyu_workers (id, host, pid, version, queues, concurrency, started_at, heartbeat_at, lease_expires_at)
select id, (array['worker-a', 'worker-b', 'worker-b'])[number], 4100 + number * 17, '0.1.0', '{media}', (array[16, 8, 8])[number],
  now() - interval '1 day' * number, now(), now() + interval '2 days'
from workers`,
  `create temp table drafts as
select
  number,
  kinds.*,
  share,
  -- More by day than by night.
  now() - interval '2 minutes' - interval '1 day' * (7 * place + 0.06 * sin(7 * place * 6.2832)) as created_at,
  (random() * 900)::integer as digits,
  case
    when share < 0.80 then 'completed'
    when share < 0.86 then 'scheduled'
    when share < 0.89 then 'failed'
    when share < 0.935 then 'dead'
    when share < 0.96 then 'cancelled'
    when share < 0.99 then 'completed'
    else 'pending'
  end as status
from (select number, random() as share, random() as place, floor(random() * 8)::integer as kind from generate_series(1, :jobs) as number) as numbers
join kinds using (kind)`,
  // What is pending waits where nobody takes it; a few of the others run.
  `update drafts set status = 'completed' where status = 'pending' and queue in ('mail', 'payments')`,
  `update drafts set status = 'running' where number in (select d.number from drafts as d where d.queue = 'media' and d.status = 'pending' order by d.number limit 19)`,
  `update drafts set created_at = now() - interval '50 minutes' * random() where status in ('pending', 'running')`,
  `alter table drafts add column id uuid`,
  `update drafts set id = (
  lpad(to_hex((extract(epoch from created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(number::text), 1, 3)
    || '8' || substr(md5('a' || number), 1, 15)
)::uuid`,
  `insert into kyu_jobs (id, queue, job_type, priority, status, payload, result, progress, run, max_retries, retry_count, timeout_ms,
  error_message, created_at, updated_at, scheduled_at, locked_at, locked_by, completed_at, tags)
select
  drafts.id, queue, job_type, (array[0, 0, 0, 5, -5])[1 + drafts.number % 5], status,
  jsonb_build_object('orderId', 9007199254740993 + drafts.number, 'to', 'user' || drafts.number || '@example.com', 'amount', digits + 0.10,
    'user', jsonb_build_object('id', drafts.number % 1000, 'locale', 'en')),
  case when status = 'completed' then jsonb_build_object('ok', true, 'receipt', 12345678901234567890 + drafts.number) end,
  case when status = 'running' then jsonb_build_object('percent', drafts.number % 90 + 5, 'note', 'frame ' || digits) end,
  case status when 'pending' then 0 when 'scheduled' then 0 when 'dead' then 4 when 'failed' then 1 + drafts.number % 3 else 1 end,
  3,
  case status when 'dead' then 3 when 'failed' then 1 + drafts.number % 3 else 0 end,
  case when queue = 'payments' then 30000 else 0 end,
  case when status in ('failed', 'dead') then replace(error, '%s', digits::text) end,
  created_at,
  case when status in ('pending', 'scheduled') then created_at else created_at + interval '1 minute' end,
  case when status in ('scheduled', 'failed') then now() + interval '3 hours' + interval '5 days' * random() end,
  case when status = 'running' then now() - interval '100 ms' * digits end,
  case when status = 'running' then workers.id end,
  case when status in ('completed', 'dead', 'cancelled') then created_at + interval '1 ms' * (run_ms + digits) end,
  tags
from drafts
left join workers on workers.number = 1 + drafts.number % 3`,
  `insert into kyu_attempts (job_id, run, attempt, worker_id, started_at, finished_at, outcome, error_message, error_stack)
select
  drafts.id, run, run, workers.id,
  created_at + interval '1 ms' * (40 + digits) * run * run,
  created_at + interval '1 ms' * (40 + digits) * run * run + interval '1 ms' * run_ms * (0.4 + 1.4 * power(random(), 3)),
  case when status = 'completed' then 'completed' else 'failed' end,
  case when status <> 'completed' then replace(error, '%s', (digits + run)::text) end,
  case when status <> 'completed' then replace(error, '%s', (digits + run)::text)
    || E'\\n    at ShopMailer.send (/srv/shop/dist/mail/shop-mailer.js:41:19)\\n    at HandlerInvoker.invoke (/srv/shop/dist/main.js:88:7)' end
from drafts
cross join lateral generate_series(1, case status when 'completed' then 1 when 'dead' then 4 when 'failed' then 1 + drafts.number % 3 else 0 end) as run
join workers on workers.number = 1 + (drafts.number + run) % 3`,
  `insert into kyu_job_logs (job_id, run, line, at, message)
select id, 1, line, created_at + interval '10 ms' * line, (array['looked up the customer', 'rendered the template in 12 ms', 'handed over to the server'])[line]
from drafts cross join generate_series(1, 3) as line
where status = 'dead' and number % 10 = 0 or status = 'running'`,
  `insert into kyu_pauses (queue, actor, reason) values ('reports', 'ada', 'the warehouse is being moved')`,
  `insert into kyu_audit (id, at, actor, action, reason, job_id, queue, selection, affected)
select (lpad(to_hex((extract(epoch from now() - interval '7 minutes' * number) * 1000)::bigint), 12, '0') || '7abc8' || substr(md5(number::text), 1, 15))::uuid,
  now() - interval '7 minutes' * number, (array['ada', 'grace', 'github:linus', null])[1 + number % 4],
  (array['retry', 'cancelMany', 'retryMany', 'pause', 'deleteMany', 'runNow'])[1 + number % 6],
  (array['after the fix of the mail server', null, 'asked by support', null])[1 + number % 4],
  case when number % 6 in (0, 5) then (select id from drafts where drafts.number = series.number) end,
  case when number % 6 = 3 then 'reports' end,
  case when number % 6 in (1, 2, 4) then '{"type": ["send_email"], "status": ["dead"]}'::jsonb end,
  case when number % 6 in (1, 2, 4) then number * 13 else 1 end
from generate_series(1, 130) as series (number)`,
];
