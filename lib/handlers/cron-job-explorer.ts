import { DEFAULT_INSTANCE } from '../core/option-defaults.js';
import { cronJobsOf } from './cron-job.decorator.js';
import type { ProviderMethods } from './provider-methods.js';

/** A schedule that was found on a method: plain data, nothing is checked yet. */
export interface DiscoveredSchedule {
  /** As `readSchedule` takes it. */
  readonly schedule: Readonly<Record<string, unknown>>;
  /** Where it is written, for people: `Reports.digest in ReportsModule`. */
  readonly place: string;
}

/** Finds `@CronJob` methods in the providers and controllers of the application. */
export class CronJobExplorer {
  constructor(private readonly methods: ProviderMethods) {}

  /** Every schedule of one Kyu instance. Call it once all providers exist; it changes nothing. */
  explore(instance: string = DEFAULT_INSTANCE): DiscoveredSchedule[] {
    return this.methods.all().flatMap(({ wrapper, prototype, methodName, method }) => {
      const place = `${prototype.constructor.name}.${methodName} in ${wrapper.host?.name ?? 'no module'}`;
      return cronJobsOf(method)
        .filter((registration) => registration.instance === instance)
        .map(({ schedule }) => ({ schedule, place }));
    });
  }
}
