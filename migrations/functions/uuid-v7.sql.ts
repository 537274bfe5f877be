/**
 * A job's id made by the database: UUID version 7, the time in ms first, so that it sorts among those that code makes.
 * Called by: the function `enqueue`. PostgreSQL has one of its own from version 18 on.
 */
export function createUuidFunction(schema: string): string {
  return `create function ${schema}.uuid_v7() returns uuid
language sql volatile parallel safe
as $function$
  select encode(
    set_byte(
      overlay(
        uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6
      ),
      6,
      -- The version: 7 where gen_random_uuid wrote 4.
      (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112
    ),
    'hex'
  )::uuid
$function$`;
}

export function dropUuidFunction(schema: string): string {
  return `drop function ${schema}.uuid_v7()`;
}
