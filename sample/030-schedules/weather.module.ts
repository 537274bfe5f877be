import { Injectable, Module } from '@nestjs/common';
import {
  CronJob,
  JobHandler,
  KyuSchedules,
  type JobContext,
  type ScheduleInput,
  type ScheduleProvider,
} from 'nestjs-kyu';

/** A place whose weather is measured. */
export interface Station {
  id: string;
  timezone: string;
  /** How often it is asked, as a cron expression. */
  every: string;
}

/** The table of stations, as an application would have one. */
@Injectable()
export class Stations implements ScheduleProvider {
  readonly all: Station[] = [
    { id: 'zugspitze', timezone: 'Europe/Berlin', every: '*/15 * * * *' },
    { id: 'hudson', timezone: 'America/New_York', every: '0 * * * *' },
  ];
  readonly every = '1m';

  /** Each station is a schedule of its own: what is no longer in the table is no longer asked. */
  load(): ScheduleInput[] {
    return this.all.map(({ id, timezone, every }) => ({
      name: `measure-${id}`,
      cron: every,
      timezone,
      type: 'measure',
      payload: { station: id },
      overlap: 'skip', // a station that does not answer is not asked twice at a time
      jitter: '20s', // and not all of them at the full hour
    }));
  }
}

/** What the stations answered, and what was made of it. */
@Injectable()
export class Almanac {
  readonly measured: string[] = [];
  readonly reports: string[] = [];
  readonly warnings: string[] = [];
}

@Injectable()
export class Weather {
  constructor(
    private readonly almanac: Almanac,
    private readonly schedules: KyuSchedules,
  ) {}

  /** One job for each tick, whatever the number of workers; in the night when clocks change as well. */
  @CronJob('30 2 * * *', { name: 'nightly-report', timezone: 'Europe/Berlin', missed: 'once', maxRetries: 5 })
  report(_payload: null, job: JobContext): void {
    this.almanac.reports.push(job.scheduledAt?.toISOString() ?? 'by hand');
  }

  @JobHandler('measure')
  measure({ station }: { station: string }): void {
    this.almanac.measured.push(station);
  }

  @JobHandler('warn')
  warn({ about }: { about: string }): void {
    this.almanac.warnings.push(about);
  }

  /** Added at run time; it lives in the ledger until it is removed. */
  async watch(storm: string): Promise<void> {
    await this.schedules.upsert({
      name: `storm-${storm}`,
      cron: '*/5 * * * *',
      type: 'warn',
      payload: { about: storm },
    });
  }

  async allClear(storm: string): Promise<void> {
    await this.schedules.remove(`storm-${storm}`);
  }
}

@Module({ providers: [Almanac, Stations, Weather], exports: [Stations] })
export class WeatherModule {}
