import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/endpoints.js';
import { useMay } from '../api/config-context.js';
import { useReading } from '../api/use-reading.js';
import { useSearch } from '../address/use-search.js';
import { BulkBar } from '../parts/bulk-bar.js';
import { ColumnMenu } from '../parts/column-menu.js';
import { Empty } from '../parts/empty.js';
import { EnqueueButton } from '../parts/enqueue-dialog.js';
import { chosenColumns, keepColumns } from '../parts/job-columns.js';
import { JobTable } from '../parts/job-table.js';
import { PageHeader } from '../parts/page-header.js';
import { Pager } from '../parts/pager.js';
import { QueryBox } from '../parts/query-box.js';
import { ReadingView } from '../parts/reading-view.js';
import { Select } from '../parts/select.js';
import { StatusRail } from '../parts/status-rail.js';
import { TimeText } from '../parts/time-text.js';
import { ViewsMenu } from '../parts/views-menu.js';
import { valueOf, withTerm } from '../query/terms.js';

const DEFAULTS = { query: '', sort: 'created', order: 'desc', limit: '50', cursor: '' };
const SORTS = [
  ['created', 'Created'],
  ['updated', 'Updated'],
  ['finished', 'Finished'],
  ['scheduled', 'Due'],
  ['priority', 'Priority'],
] as const;
const ORDERS = [
  ['desc', 'Last first'],
  ['asc', 'First first'],
] as const;
const SIZES = [
  ['25', '25'],
  ['50', '50'],
  ['100', '100'],
] as const;
const CHOICES = {
  sort: SORTS.map(([value]) => value),
  order: ORDERS.map(([value]) => value),
  limit: SIZES.map(([value]) => value),
};

export function JobsPage() {
  const { fields, step, adjust } = useSearch(DEFAULTS, CHOICES);
  const { query } = fields;
  const [columns, setColumns] = useState(chosenColumns);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const mayEnqueue = useMay('enqueue');
  const key = JSON.stringify(fields);
  const page = useReading(`jobs ${key}`, (signal) => api.jobs(fields, signal), ['jobs']);
  const counts = useReading(`counts ${query}`, (signal) => api.jobCounts(query, signal), ['jobs']);
  // Nobody acts on rows that are out of sight.
  useEffect(() => setSelected(new Set()), [key]);
  const search = (next: string): void => step({ query: next, cursor: '' });
  return (
    <>
      <PageHeader title="Jobs">{mayEnqueue && <EnqueueButton />}</PageHeader>
      <QueryBox query={query} onSearch={search} />
      <div class="with-rail">
        <StatusRail
          counted={counts.data}
          chosen={valueOf(query, 'status')}
          onChoose={(status) => search(withTerm(query, 'status', status))}
        />
        <section class="panel list" aria-label="Jobs" aria-busy={!page.isCurrent}>
          <div class="toolbar">
            <BulkBar selected={selected} query={query} onDone={() => setSelected(new Set())} />
            <div class="toolbar-right">
              <Select
                label="Sort"
                value={fields.sort}
                options={SORTS}
                onChoose={(sort) => adjust({ sort, cursor: '' })}
              />
              <Select
                label="Order"
                value={fields.order}
                options={ORDERS}
                onChoose={(order) => adjust({ order, cursor: '' })}
              />
              <Select
                label="Rows"
                value={fields.limit}
                options={SIZES}
                onChoose={(limit) => adjust({ limit, cursor: '' })}
              />
              <ColumnMenu
                columns={columns}
                onChange={(next) => {
                  setColumns(next);
                  keepColumns(next);
                }}
              />
              <ViewsMenu />
            </div>
          </div>
          <ReadingView reading={page}>
            {({ jobs, nextCursor, searchedTo }) => (
              <>
                {searchedTo !== null && (
                  <p class="quiet searched-to" role="status">
                    {jobs.length === 0 ? 'No job matches so far' : 'There may be more'}: the search came as
                    far as <TimeText at={searchedTo} />, and goes on from there.
                  </p>
                )}
                {jobs.length === 0 ? (
                  searchedTo === null && <NoJobs isFiltered={query !== ''} onClear={() => search('')} />
                ) : (
                  <div class="table-scroll">
                    <JobTable
                      label="Jobs"
                      jobs={jobs}
                      columns={columns}
                      selection={{ ids: selected, onChange: setSelected }}
                    />
                  </div>
                )}
                <Pager
                  isFirst={fields.cursor === ''}
                  nextCursor={nextCursor}
                  isCut={searchedTo !== null}
                  onFirst={() => step({ cursor: '' })}
                  onNext={(cursor) => {
                    step({ cursor });
                    scrollTo(0, 0);
                  }}
                />
              </>
            )}
          </ReadingView>
        </section>
      </div>
    </>
  );
}

function NoJobs({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  if (!isFiltered) {
    return <Empty title="No jobs yet.">They appear here as soon as your application enqueues one.</Empty>;
  }
  return (
    <Empty title="No job matches the query.">
      <button type="button" class="button" onClick={onClear}>
        Show all jobs
      </button>
    </Empty>
  );
}
