import type { Problem } from '../../contract.js';
import { Link } from './link.js';

/** What needs someone, worst first; or that nothing does. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) {
    return (
      <section class="problems well" aria-label="Problems">
        <p>All is well. Nothing needs you.</p>
      </section>
    );
  }
  return (
    <section class="problems" aria-label="Problems">
      <ul>
        {problems.map((problem, index) => (
          <li key={`${problem.code} ${index}`} class={`problem ${problem.severity}`}>
            <span class="severity">{problem.severity}</span>
            <div class="problem-text">
              <p>{problem.text}</p>
              {problem.remedy !== null && <p class="remedy">{problem.remedy}</p>}
            </div>
            {problem.link !== null && (
              <Link to={problem.link} class="button" aria-label={`Show: ${problem.text}`}>
                Show
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
