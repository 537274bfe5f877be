import { api } from '../api/endpoints.js';
import { useReading } from '../api/use-reading.js';
import { useSearch } from '../address/use-search.js';
import type { AuditRow } from '../../contract.js';
import { Empty } from '../parts/empty.js';
import { ShortId } from '../parts/ident.js';
import { Link } from '../parts/link.js';
import { NumberCell, NumberHead } from '../parts/number-column.js';
import { PageHeader } from '../parts/page-header.js';
import { Pager } from '../parts/pager.js';
import { ReadingView } from '../parts/reading-view.js';
import { Select } from '../parts/select.js';
import { TimeText } from '../parts/time-text.js';
import { AUDIT_ACTIONS } from '../../../core/ports/audit-trail.js';
import { wholeNumber } from '../words/numbers.js';

const DEFAULTS = { action: '', jobId: '', cursor: '' };

export function AuditPage() {
  const { fields, step } = useSearch(DEFAULTS);
  const reading = useReading(`audit ${JSON.stringify(fields)}`, (signal) => api.audit(fields, signal), [
    'audit',
  ]);
  return (
    <>
      <PageHeader title="Audit" lead="Who changed what, and why.">
        <Select
          label="Action"
          value={fields.action}
          options={[['', 'all'], ...AUDIT_ACTIONS.map((action) => [action, action] as const)]}
          onChoose={(action) => step({ action, cursor: '' })}
        />
      </PageHeader>
      <ReadingView reading={reading}>
        {({ rows, nextCursor }) => (
          <section class="panel list" aria-label="Changes">
            {rows.length === 0 ? (
              <Empty title="Nobody has changed anything.">
                Every change by the dashboard, the API, the command line or KyuAdmin is written down here.
              </Empty>
            ) : (
              <AuditTable rows={rows} />
            )}
            <Pager
              isFirst={fields.cursor === ''}
              nextCursor={nextCursor}
              onFirst={() => step({ cursor: '' })}
              onNext={(cursor) => step({ cursor })}
            />
          </section>
        )}
      </ReadingView>
    </>
  );
}

function AuditTable({ rows }: { readonly rows: readonly AuditRow[] }) {
  return (
    <table class="table fold wrap" aria-label="Changes">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Action</th>
          <th scope="col">What</th>
          <NumberHead>Jobs</NumberHead>
          <th scope="col">Reason</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row={row.id}>
            <td>
              <TimeText at={row.at} />
            </td>
            <td data-label="Who">{row.actor ?? <span class="quiet">not said</span>}</td>
            <td class="verb" data-label="Action">
              <code>{row.action}</code>
            </td>
            <td data-label="What">
              <What row={row} />
            </td>
            <NumberCell label="Jobs">{wholeNumber(row.affected)}</NumberCell>
            <td data-label="Reason">{row.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function What({ row }: { readonly row: AuditRow }) {
  return (
    <>
      {row.jobId !== null && (
        <Link to={`/jobs/${encodeURIComponent(row.jobId)}`} data-open>
          <ShortId id={row.jobId} />
        </Link>
      )}{' '}
      {row.queue !== null && <>queue {row.queue} </>}
      {row.type !== null && <>type {row.type} </>}
      {row.selection !== null && row.selection !== undefined && (
        <code class="clip" title={JSON.stringify(row.selection)}>
          {JSON.stringify(row.selection)}
        </code>
      )}
    </>
  );
}
