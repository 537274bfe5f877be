import type { Clock } from './core/ports/clock.js';
import type { KyuLogger } from './core/ports/logger.js';
import type { KyuAdmin, KyuProducer } from './kyu.injectables.js';
import type { KyuRuntime } from './kyu.runtime.js';
import type { KyuSchedules } from './kyu.schedules.js';
import type { HealthReader } from './observability/health-reader.js';

/** What the dashboard of one instance works with. */
export class KyuFrontDoor {
  constructor(private readonly runtime: KyuRuntime) {}

  get instance(): string {
    return this.runtime.options.name;
  }

  /** The queues that this process serves; those of its handlers join at bootstrap. */
  get queues(): readonly string[] {
    return this.runtime.queues;
  }

  get admin(): KyuAdmin {
    return this.runtime.admin;
  }

  get producer(): KyuProducer {
    return this.runtime.producer;
  }

  get schedules(): KyuSchedules {
    return this.runtime.schedules.front;
  }

  get health(): HealthReader {
    return this.runtime.health;
  }

  get clock(): Clock {
    return this.runtime.clock;
  }

  get logger(): KyuLogger {
    return this.runtime.logger;
  }

  get payloadLimitBytes(): number {
    return this.runtime.options.payloadLimitBytes;
  }
}
