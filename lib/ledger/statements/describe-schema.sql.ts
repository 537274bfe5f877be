import type { StatementTemplate } from '../statement.js';

/**
 * Everything that makes up a schema: tables, columns, indexes and constraints, each as one text.
 * Called by: `KyuAdmin.doctor`, for the real schema and for one that was made for comparison. Changes nothing.
 * Index: none of Kyu's; the catalogue alone is read.
 * $1 name of the schema.
 */
export const describeSchema: StatementTemplate = {
  name: 'describe-schema',
  text: () => `
with named as materialized (
  select class.oid, class.relname
  from pg_class class join pg_namespace space on space.oid = class.relnamespace
  where space.nspname = $1 and class.relkind in ('r', 'p') and class.relname like 'kyu\\_%'
)
select 'table' as kind, relname as name, '' as definition, true as is_valid from named
union all
select 'column', named.relname || '.' || attname,
  format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end, true
from named join pg_attribute on attrelid = named.oid
where attnum > 0 and not attisdropped
union all
select 'index', class.relname, pg_get_indexdef(class.oid), index.indisvalid and index.indisready
from named
join pg_index index on index.indrelid = named.oid
join pg_class class on class.oid = index.indexrelid
where not exists (select from pg_constraint where conindid = class.oid)
union all
select 'constraint', named.relname || '.' || conname, pg_get_constraintdef(con.oid), con.convalidated
from named join pg_constraint con on con.conrelid = named.oid
where con.contype in ('p', 'c', 'u', 'f')
order by 1, 2`,
};
