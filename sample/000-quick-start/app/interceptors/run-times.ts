import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

interface Tally {
  runs: number;
  totalMs: number;
  longestMs: number;
}

/** Remembers how long the handlers of this process took, and says so at the end. */
@Injectable()
export class RunTimes implements OnApplicationShutdown {
  private readonly logger = new Logger('Run times');
  private readonly tallies = new Map<string, Tally>();

  record(jobType: string, tookMs: number): void {
    const tally = this.tallies.get(jobType) ?? { runs: 0, totalMs: 0, longestMs: 0 };
    this.tallies.set(jobType, {
      runs: tally.runs + 1,
      totalMs: tally.totalMs + tookMs,
      longestMs: Math.max(tally.longestMs, tookMs),
    });
  }

  onApplicationShutdown(): void {
    for (const [jobType, tally] of this.tallies) {
      const mean = (tally.totalMs / tally.runs).toFixed(1);
      this.logger.log(
        `${jobType}: ${tally.runs} runs, ${mean} ms each, longest ${tally.longestMs.toFixed(1)} ms`,
      );
    }
  }
}
