import type { StatementTemplate } from '../statement.js';

const made = new Map<StatementTemplate, StatementTemplate>();

/**
 * One page of archived jobs: the statement that lists the others, over the archive instead. So both take the same
 * filters and the same parameters.
 * Called by: `KyuAdmin.list` with `archived: true`. Changes nothing.
 * Index: kyu_jobs_archive_pkey, backwards until the page is full, and once more for each job of it.
 */
export function overArchive(list: StatementTemplate): StatementTemplate {
  const known = made.get(list);
  if (known !== undefined) return known;
  const template: StatementTemplate = {
    name: `${list.name}:archived`,
    text: (tables) => `
select page.*, archived.archived_at
from (${list.text({ ...tables, jobs: tables.archive })}
) page
join ${tables.archive} archived on archived.id = any (array[page.id])
order by page.id desc`,
  };
  made.set(list, template);
  return template;
}
