import type { ComponentChildren } from 'preact';
import type { TrafficWindow } from '../api/endpoints.js';
import { useSearch } from '../address/use-search.js';
import { Choice } from './choice.js';

const TRAFFIC_WINDOWS: readonly (readonly [TrafficWindow, string])[] = [
  ['1h', '1 h'],
  ['24h', '24 h'],
  ['7d', '7 d'],
];

export const WINDOW_SPANS_MS: Readonly<Record<TrafficWindow, number>> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
};

/** How far a page looks back, as its address says, and how to choose otherwise. */
export function useTrafficWindow(otherwise: TrafficWindow): {
  readonly window: TrafficWindow;
  readonly choice: ComponentChildren;
} {
  const { fields, adjust } = useSearch(
    { window: otherwise },
    { window: TRAFFIC_WINDOWS.map(([window]) => window) },
  );
  const window = fields.window as TrafficWindow; // one of the choices, or the default
  const choice = (
    <Choice
      label="Window"
      value={window}
      options={TRAFFIC_WINDOWS}
      onChoose={(next) => adjust({ window: next })}
    />
  );
  return { window, choice };
}
