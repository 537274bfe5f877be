import { dayAndHour, exactTime, viewerZone } from '../time/exact-time.js';
import { relativeTime } from '../time/relative-time.js';
import { useNow } from '../time/use-now.js';

interface Props {
  readonly ticks: readonly string[];
  readonly zone: string;
  readonly dstNote: string | null;
  readonly isPaused?: boolean;
}

/** The ticks to come in the schedule's zone; the viewer's own time on hover. */
export function NextTicks({ ticks, zone, dstNote, isPaused = false }: Props) {
  const now = useNow();
  return (
    <div class="next-ticks">
      <h3>{isPaused ? 'Would run next' : 'Next runs'}</h3>
      {ticks.length === 0 ? (
        <p class="quiet">Never again.</p>
      ) : (
        <ol>
          {ticks.map((tick) => (
            <li key={tick}>
              <time dateTime={tick} title={exactTime(tick)}>
                {dayAndHour(tick, zone)}
              </time>
              <span class="quiet">{relativeTime(tick, now)}</span>
            </li>
          ))}
        </ol>
      )}
      {zone !== viewerZone() && <p class="quiet">In {zone}; your time on hover.</p>}
      {dstNote !== null && <p class="note">{dstNote}</p>}
    </div>
  );
}
