import type { Problem } from '../../contract.js';
import { counted } from '../words/numbers.js';
import { Link } from './link.js';

/** So many are read at a glance; the others are a click away. */
const AT_ONCE = 4;

/** What needs someone, worst first; or that nothing does. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) {
    return (
      <section class="problems well" aria-label="Problems">
        <p>All is well. Nothing needs you.</p>
      </section>
    );
  }
  const others = problems.slice(AT_ONCE);
  return (
    <section class="problems" aria-label="Problems">
      <List problems={problems.slice(0, AT_ONCE)} />
      {others.length > 0 && (
        <details class="more-problems">
          <summary>{counted(others.length, 'more problem')}</summary>
          <List problems={others} />
        </details>
      )}
    </section>
  );
}

function List({ problems }: { readonly problems: readonly Problem[] }) {
  return (
    <ul>
      {problems.map((problem, index) => (
        <li key={`${problem.code} ${index}`} class={`problem ${problem.severity}`}>
          <span class="severity">{problem.severity}</span>
          <p class="problem-text">
            <strong>{problem.text}</strong>{' '}
            {problem.remedy !== null && <span class="remedy">{problem.remedy}</span>}
          </p>
          {problem.link !== null && (
            <Link to={problem.link} class="button" aria-label={`Show: ${problem.text}`}>
              Show
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
