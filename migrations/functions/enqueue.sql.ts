/**
 * Adds a job from plain SQL, by the same rules and to the same row as from code.
 * Called by: anybody who speaks SQL: other languages, triggers, a person at psql.
 * Guards: names, ranges and sizes as code does; a key is decided by the index kyu_jobs_unique, as in code.
 * Settings that are not given are those of the job type as the workers of \`app\` know it (kyu_job_types), else Kyu's.
 * In a transaction the job exists if it commits. Workers hear of it by NOTIFY at the commit, or at their next look.
 * Run twice: two jobs, unless \`unique_key\` says otherwise.
 */
export function createEnqueueFunction(schema: string): string {
  return `create function ${schema}.enqueue(
  job_type        text,
  payload         jsonb       default 'null',
  queue           text        default null,
  priority        integer     default 0,
  delay           interval    default null,
  scheduled_at    timestamptz default null,
  max_retries     integer     default null,
  timeout         interval    default null,
  deadline_at     timestamptz default null,
  tags            text[]      default null,
  unique_key      text        default null,
  unique_scope    text        default 'type',
  unique_until    text        default 'finished',
  on_conflict     text        default 'skip',
  app             text        default 'kyu:default',
  out id          uuid,
  out created     boolean
)
language plpgsql volatile
as $function$
#variable_conflict use_column
declare
  name_rule constant text := '^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$';
  known record;
  held_key text;
  key_keeps boolean;
  key_expires_at timestamptz;
  due timestamptz;
begin
  if enqueue.job_type is null or enqueue.job_type !~ name_rule then
    raise exception 'KYU_INVALID_JOB: job_type is %, allowed: letters, digits and . _ : - (at most 128)', coalesce(quote_literal(enqueue.job_type), 'null')
      using errcode = 'invalid_parameter_value';
  end if;
  select t.queue, t.max_retries, t.timeout_ms, t.payload_limit_bytes into known
  from ${schema}.kyu_job_types t
  where t.app = enqueue.app
    and (t.job_type = enqueue.job_type or t.job_type ~ '[*]$' and starts_with(enqueue.job_type, rtrim(t.job_type, '*')))
  -- As in code: exactly this type, else the longest prefix.
  order by t.job_type = enqueue.job_type desc, length(t.job_type) desc
  limit 1;

  enqueue.queue := coalesce(enqueue.queue, known.queue, enqueue.app);
  if enqueue.queue !~ name_rule then
    raise exception 'KYU_INVALID_JOB: queue is %, allowed: letters, digits and . _ : - (at most 128)', quote_literal(enqueue.queue)
      using errcode = 'invalid_parameter_value';
  end if;
  enqueue.payload := coalesce(enqueue.payload, 'null');
  if octet_length(enqueue.payload::text) > coalesce(known.payload_limit_bytes, 262144) then
    raise exception 'KYU_PAYLOAD: the payload has % bytes, allowed: %', octet_length(enqueue.payload::text), coalesce(known.payload_limit_bytes, 262144)
      using errcode = 'program_limit_exceeded';
  end if;
  enqueue.max_retries := coalesce(enqueue.max_retries, known.max_retries, 3);
  if enqueue.max_retries not between 0 and 10000 then
    raise exception 'KYU_INVALID_JOB: max_retries is %, allowed: 0 to 10000', enqueue.max_retries
      using errcode = 'invalid_parameter_value';
  end if;
  if enqueue.delay < interval '0' or enqueue.timeout < interval '0' then
    raise exception 'KYU_INVALID_JOB: delay and timeout must not be negative'
      using errcode = 'invalid_parameter_value';
  end if;
  if cardinality(enqueue.tags) > 20 or exists (
    select from unnest(enqueue.tags) as tag where tag is null or length(tag) not between 1 and 128
  ) then
    raise exception 'KYU_INVALID_JOB: tags are %, allowed: at most 20 texts of 1 to 128 characters', enqueue.tags
      using errcode = 'invalid_parameter_value';
  end if;
  if length(enqueue.unique_key) not between 1 and 256 then
    raise exception 'KYU_INVALID_JOB: unique_key has % characters, allowed: 1 to 256', length(enqueue.unique_key)
      using errcode = 'invalid_parameter_value';
  end if;
  if enqueue.unique_scope not in ('type', 'queue', 'app') then
    raise exception 'KYU_INVALID_JOB: unique_scope is %, allowed: type, queue, app', quote_literal(enqueue.unique_scope)
      using errcode = 'invalid_parameter_value';
  end if;
  if enqueue.on_conflict not in ('skip', 'error', 'replace') then
    raise exception 'KYU_INVALID_JOB: on_conflict is %, allowed: skip, error, replace', quote_literal(enqueue.on_conflict)
      using errcode = 'invalid_parameter_value';
  end if;

  -- The same text as code makes of a key and its scope (lib/core/unique-key.ts).
  held_key := case enqueue.unique_scope
    when 'type' then 'type/' || enqueue.queue || '/' || enqueue.job_type || '/=' || enqueue.unique_key
    when 'queue' then 'queue/' || enqueue.queue || '/=' || enqueue.unique_key
    else 'app/' || enqueue.app || '/=' || enqueue.unique_key
  end;
  key_keeps := held_key is not null and enqueue.unique_until <> 'finished';
  key_expires_at := case when held_key is not null and enqueue.unique_until not in ('finished', 'deleted')
    then now() + enqueue.unique_until::interval end;
  due := coalesce(enqueue.scheduled_at, now() + enqueue.delay);

  loop
    if held_key is not null then
      update ${schema}.kyu_jobs j set unique_key = null, unique_keeps = false, unique_expires_at = null
      where j.unique_key = held_key and j.unique_expires_at <= clock_timestamp()
        and (j.unique_keeps or j.status in ('scheduled', 'pending', 'running', 'failed'));
      if enqueue.on_conflict = 'replace' then
        update ${schema}.kyu_jobs j
        set queue = enqueue.queue, job_type = enqueue.job_type, payload = enqueue.payload, priority = enqueue.priority,
          max_retries = enqueue.max_retries, retry_count = 0,
          timeout_ms = coalesce(extract(epoch from enqueue.timeout) * 1000, known.timeout_ms, 30000),
          deadline_at = enqueue.deadline_at, tags = nullif(enqueue.tags, '{}'), scheduled_at = due,
          context = null, parent_id = null, backoff = null,
          unique_keeps = key_keeps, unique_expires_at = key_expires_at,
          status = case when due > now() then 'scheduled' else 'pending' end, updated_at = now()
        where j.unique_key = held_key and j.status in ('scheduled', 'pending', 'failed')
        returning j.id into enqueue.id;
        if found then
          created := false;
          perform pg_notify(left('kyu_wake_' || '${bare(schema)}', 63), enqueue.queue);
          return;
        end if;
      end if;
    end if;

    insert into ${schema}.kyu_jobs (
      id, queue, job_type, priority, payload, max_retries, timeout_ms, scheduled_at, status, deadline_at, tags,
      unique_key, unique_keeps, unique_expires_at
    )
    values (
      ${schema}.uuid_v7(), enqueue.queue, enqueue.job_type, enqueue.priority, enqueue.payload, enqueue.max_retries,
      coalesce(extract(epoch from enqueue.timeout) * 1000, known.timeout_ms, 30000), due,
      case when due > now() then 'scheduled' else 'pending' end, enqueue.deadline_at, nullif(enqueue.tags, '{}'),
      held_key, key_keeps, key_expires_at
    )
    on conflict do nothing
    returning kyu_jobs.id into enqueue.id;
    if found then
      created := true;
      perform pg_notify(left('kyu_wake_' || '${bare(schema)}', 63), enqueue.queue);
      return;
    end if;

    select j.id into enqueue.id from ${schema}.kyu_jobs j
    where j.unique_key = held_key
      and (j.unique_keeps or j.status in ('scheduled', 'pending', 'running', 'failed'));
    if found then
      if enqueue.on_conflict = 'error' then
        raise exception 'KYU_DUPLICATE_JOB: job % holds the key %', enqueue.id, quote_literal(enqueue.unique_key)
          using errcode = 'unique_violation';
      end if;
      created := false;
      return;
    end if;
    -- Its holder ended in between: the key is free again.
  end loop;
end
$function$`;
}

export function dropEnqueueFunction(schema: string): string {
  return `drop function ${schema}.enqueue`;
}

/** The schema as text inside a literal; migrations get it quoted, and its rule allows no quote in it. */
function bare(schema: string): string {
  return schema.replaceAll('"', '');
}
