import type { TrafficWindow } from '../api/endpoints.js';

export const TRAFFIC_WINDOWS: readonly (readonly [TrafficWindow, string])[] = [
  ['1h', '1 h'],
  ['24h', '24 h'],
  ['7d', '7 d'],
];

export const WINDOW_SPANS_MS: Readonly<Record<TrafficWindow, number>> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
};
