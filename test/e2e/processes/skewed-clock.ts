/**
 * Puts this process's clock wrong by `SKEW_MS`, for everything that is loaded after it. Timers go on as they are: it is
 * the time of day that is wrong, as on a host without a time server.
 */
const skewMs = Number(process.env['SKEW_MS'] ?? 0);
const RealDate = Date;

class SkewedDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [SkewedDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + skewMs;
  }
}

if (skewMs !== 0) globalThis.Date = SkewedDate as DateConstructor;
