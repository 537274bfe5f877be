/** The job type of every contestant. */
export const JOB_TYPE = 'send_email';

/** What every job carries: some 130 bytes of JSON. */
export interface BenchPayload {
  /** Numbers the jobs of one process, so that each can be accounted for. */
  readonly n: number;
  /** When it was handed to `enqueue`, where that is measured; else 0. See `nowMs`. */
  readonly at: number;
  readonly to: string;
  readonly subject: string;
}

/** The payload of one job. */
export function payloadOf(n: number, at = 0): BenchPayload {
  return {
    n,
    at,
    to: `customer-${n}@shop.example`,
    subject: 'Your order has left our warehouse and will be with you soon',
  };
}

/** Milliseconds of the system's monotonic clock: the same clock in every process of this machine. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}
