import type { ModuleRef } from '@nestjs/core';
import type { Timer } from './core/ports/clock.js';

/** The part of `SchedulerRegistry` that is used, so that `@nestjs/schedule` stays optional. */
interface HostRegistry {
  addInterval(name: string, interval: unknown): void;
  deleteInterval(name: string): void;
  doesExist(type: 'interval', name: string): boolean;
}

/**
 * Shows Kyu's intervals in the host's `SchedulerRegistry`, when the host has one. Kyu never imports `ScheduleModule`
 * itself: a second `forRoot()` would run every `@Cron` of the host twice.
 */
export class IntervalRegistry {
  private readonly added: string[] = [];

  constructor(
    private readonly host: HostRegistry | undefined,
    private readonly suffix: string,
  ) {}

  static async find(moduleRef: ModuleRef, instance: string): Promise<IntervalRegistry> {
    const suffix = instance === 'default' ? '' : `:${instance}`;
    try {
      const { SchedulerRegistry } = await import('@nestjs/schedule');
      return new IntervalRegistry(moduleRef.get(SchedulerRegistry, { strict: false }), suffix);
    } catch {
      // Not installed, or not imported by the application: then nobody wants to see the intervals there.
      return new IntervalRegistry(undefined, suffix);
    }
  }

  add(name: string, timer: Timer | undefined): void {
    const fullName = `${name}${this.suffix}`;
    if (timer === undefined || this.host === undefined || this.host.doesExist('interval', fullName)) return;
    this.host.addInterval(fullName, timer.handle);
    this.added.push(fullName);
  }

  removeAll(): void {
    for (const name of this.added.splice(0)) {
      if (this.host?.doesExist('interval', name) === true) this.host.deleteInterval(name);
    }
  }
}
