import type { ModulesContainer } from '@nestjs/core';
import type { Timer } from './core/ports/clock.js';

/** The part of the `SchedulerRegistry` of `@nestjs/schedule` that is used. */
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
  private readonly suffix: string;

  constructor(
    private readonly modules: ModulesContainer,
    instance: string,
  ) {
    this.suffix = instance === 'default' ? '' : `:${instance}`;
  }

  add(name: string, timer: Timer | undefined): void {
    const fullName = `${name}${this.suffix}`;
    const host = findHost(this.modules);
    if (timer === undefined || host === undefined || host.doesExist('interval', fullName)) return;
    host.addInterval(fullName, timer.handle);
    this.added.push(fullName);
  }

  removeAll(): void {
    const host = findHost(this.modules);
    for (const name of this.added.splice(0)) {
      if (host?.doesExist('interval', name) === true) host.deleteInterval(name);
    }
  }
}

/**
 * By the name of its class: to import the package only to ask for it would load it, and a calendar with it (2 MB), into
 * every process that happens to have it installed.
 */
function findHost(modules: ModulesContainer): HostRegistry | undefined {
  for (const { providers } of modules.values()) {
    for (const [token, { instance }] of providers) {
      if (typeof token === 'function' && token.name === 'SchedulerRegistry' && isRegistry(instance))
        return instance;
    }
  }
  return undefined;
}

function isRegistry(instance: unknown): instance is HostRegistry {
  return typeof instance === 'object' && instance !== null && 'addInterval' in instance;
}
