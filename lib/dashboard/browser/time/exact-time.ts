/** The zone in which the viewer reads instants. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** To the millisecond, with the zone said: `2026-11-22 11:04:09.120 Europe/Zurich`. */
export function exactTime(instant: string, zone = viewerZone()): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const part = partsOf(date, zone);
  const millisecond = String(date.getUTCMilliseconds()).padStart(3, '0');
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}:${part['second']}.${millisecond} ${zone}`;
}

/** For axes: the hour within a day, the day beyond it. */
export function axisTime(instant: string, spanMs: number, zone = viewerZone()): string {
  const part = partsOf(new Date(instant), zone);
  return spanMs > 36 * 3_600_000 ? `${part['day']}.${part['month']}.` : `${part['hour']}:${part['minute']}`;
}

/** For lists of instants to come: `Mon 2026-11-23 09:00`. */
export function dayAndHour(instant: string, zone: string): string {
  const date = new Date(instant);
  const part = partsOf(date, zone);
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short' }).format(date);
  return `${day} ${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}`;
}

function partsOf(date: Date, zone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}
