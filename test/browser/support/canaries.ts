/** Runs when any of it becomes markup or a script. The pages must show it as the text that it is. */
export const CANARY = `"'><img src=x onerror="globalThis.canarySang=1"><script>globalThis.canarySang=1</script>{{7*7}}`;
const LINK = 'javascript:globalThis.canarySang=1';

export const CANARY_QUEUE = `canary ${CANARY}`;

interface CanaryStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const STATES = [
  ['scheduled', false, 0],
  ['pending', false, 0],
  ['running', false, 1],
  ['failed', false, 1],
  ['completed', true, 1],
  ['dead', true, 1],
  ['cancelled', true, 1],
] as const;

/** One job in each status, with a canary in each field that can hold text; and the same around the jobs. */
export const CANARY_STATEMENTS: readonly CanaryStatement[] = [
  ...STATES.map(([status, hasEnded, run]): CanaryStatement => ({
    text: `insert into kyu_jobs (id, queue, job_type, status, payload, result, progress, run, max_retries, retry_count,
  error_message, scheduled_at, locked_at, locked_by, completed_at, tags, context, unique_key, cancel_reason, cancel_requested_at, parent_id)
values (gen_random_uuid(), $1, $2, $3, jsonb_build_object($4::text, $4::text), jsonb_build_object('link', $5::text),
  jsonb_build_object('percent', 50, 'note', $4::text), $6, 3, 0, $4,
  case when $3 in ('scheduled', 'failed') then now() + interval '9 days' end,
  case when $3 = 'running' then now() end, case when $3 = 'running' then (select id from workers limit 1) end,
  case when $7 then now() end, array[$4::text], jsonb_build_object($4::text, $5::text, 'traceId', $4::text), $8, $4,
  case when $3 in ('running', 'cancelled') then now() end, null)`,
    values: [CANARY_QUEUE, `canary ${CANARY}`, status, CANARY, LINK, run, hasEnded, `${status} ${CANARY}`],
  })),
  {
    text: `insert into kyu_attempts (job_id, run, attempt, worker_id, started_at, finished_at, outcome, error_message, error_stack)
select id, 1, 1, (select id from workers limit 1), now() - interval '2 seconds', now() - interval '1 second', 'failed', $1, $1
from kyu_jobs where queue = $2 and status in ('failed', 'dead', 'cancelled')`,
    values: [CANARY, CANARY_QUEUE],
  },
  {
    text: `insert into kyu_job_logs (job_id, run, line, at, message) select id, 1, 1, now(), $1 from kyu_jobs where queue = $2`,
    values: [CANARY, CANARY_QUEUE],
  },
  {
    text: `insert into kyu_workers (id, host, pid, version, queues, job_types, concurrency, lease_expires_at)
values (gen_random_uuid(), $1, 1, $1, array[$1], array[$1], 1, now() + interval '2 days')`,
    values: [CANARY],
  },
  {
    text: `insert into kyu_pauses (queue, job_type, actor, reason) values ($1, $2, $2, $2)`,
    values: [CANARY_QUEUE, CANARY],
  },
  {
    text: `insert into kyu_audit (id, actor, action, reason, queue, job_type, selection, affected)
values (gen_random_uuid(), $1, 'pause', $1, $1, $1, jsonb_build_object($1::text, $1::text), 1)`,
    values: [CANARY],
  },
];
