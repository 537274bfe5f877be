/**
 * Puts this process's clocks wrong, for everything that is loaded after it: the time of day by an offset, and both
 * clocks by a drift, as on a host without a time server. Timers are the kernel's and go on as they are. What a process
 * of the laboratory writes down is timed by process.hrtime, which stays right.
 */
const offsetMs = Number(process.env['KYU_FAULT_CLOCK_OFFSET_MS'] ?? 0);
const drift = Number(process.env['KYU_FAULT_CLOCK_DRIFT'] ?? 0);

const RealDate = Date;
const realMonotonicMs = performance.now.bind(performance);
const startedAtMs = realMonotonicMs();

function driftMs(): number {
  return (realMonotonicMs() - startedAtMs) * drift;
}

class WrongDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [WrongDate.now()] : given) as [number]));
  }

  static override now(): number {
    return Math.round(RealDate.now() + offsetMs + driftMs());
  }
}

if (offsetMs !== 0 || drift !== 0) {
  globalThis.Date = WrongDate as DateConstructor;
  Object.defineProperty(performance, 'now', { value: () => realMonotonicMs() + driftMs() });
}
