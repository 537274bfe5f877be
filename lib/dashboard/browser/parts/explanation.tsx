import type { JobDetail } from '../../contract.js';
import { counted } from '../words/numbers.js';

const WAITING = new Set(['pending', 'scheduled', 'failed']);

/** For a job that does not run: why, in words. For one that ended there is nothing to explain. */
export function Explanation({ job }: { readonly job: JobDetail }) {
  const { text, reasons, ahead } = job.explanation;
  if (!WAITING.has(job.status)) return null;
  const others = reasons.filter((each) => each.text !== text);
  return (
    <section class="panel explanation" aria-labelledby="why">
      <h2 id="why">Why is it not running?</h2>
      <p>{text}</p>
      {others.length > 0 && (
        <ul>
          {others.map((each) => (
            <li key={each.reason}>{each.text}</li>
          ))}
        </ul>
      )}
      {ahead !== null && ahead > 0 && <p class="quiet">{counted(ahead, 'job')} ahead of it.</p>}
    </section>
  );
}
