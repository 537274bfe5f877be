import type { Clock } from '../core/ports/clock.js';
import type { LedgerReadings } from '../core/ports/ledger-readings.js';
import { SharedReading } from './shared-reading.js';
import type { Sample } from './snapshot-metric.js';

const KEEP_MS = 1_000;
const PATIENCE_MS = 2_000;

/** What the gauge is read from. */
export interface TransactionGaugeSources {
  readonly readings: Pick<LedgerReadings, 'oldestTransactionMs'>;
  readonly clock: Clock;
}

/** The age of the oldest transaction of the database, read at scrape time; absent when the ledger does not answer. */
export class TransactionGauge {
  private readonly reading: SharedReading<number | null>;

  constructor({ clock, readings }: TransactionGaugeSources) {
    const read = async (): Promise<number | null> => readings.oldestTransactionMs();
    this.reading = new SharedReading({ read, keepMs: KEEP_MS, patienceMs: PATIENCE_MS, clock });
  }

  async seconds(): Promise<Sample[]> {
    try {
      return [{ labels: {}, value: ((await this.reading.get()) ?? 0) / 1_000 }];
    } catch {
      return [];
    }
  }
}
