import { EventBus } from '../../../lib/core/event-bus.js';
import type { KyuEventName, KyuEvents } from '../../../lib/core/events.js';
import { LogSubscriber, type LogSubscriberOptions } from '../../../lib/observability/log-subscriber.js';
import { ManualClock } from './manual-clock.js';
import { RecordingLogger, type RecordedLine } from './recording-logger.js';

/** A log that writes down what a test's events are told as. */
export class SubscribedLog {
  readonly events = new EventBus((_name, error) => {
    throw error;
  });
  readonly clock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly subscriber = this.newSubscriber();

  newSubscriber(given: Partial<LogSubscriberOptions> = {}): LogSubscriber {
    return new LogSubscriber({ events: this.events, logger: this.logger, clock: this.clock, ...given });
  }

  logged<Name extends KyuEventName>(name: Name, event: KyuEvents[Name]): RecordedLine[] {
    this.events.emit(name, event);
    return this.logger.take();
  }
}
