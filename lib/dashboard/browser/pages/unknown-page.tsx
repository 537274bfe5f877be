import { Link } from '../parts/link.js';
import { PageHeader } from '../parts/page-header.js';
import { Empty } from '../parts/empty.js';

export function UnknownPage() {
  return (
    <>
      <PageHeader title="No such page" />
      <Empty title="The address leads nowhere here.">
        <Link to="/">The overview</Link> is a good place to start.
      </Empty>
    </>
  );
}
