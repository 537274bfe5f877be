import type { EventBus } from '../../core/event-bus.js';
import type { JobEventName, JobEvents } from '../../core/job-events.js';
import type { Clock } from '../../core/ports/clock.js';
import type { KyuNotifier } from '../../core/ports/notifier.js';
import type { JobEventHub } from '../job-event-hub.js';
import { defaultText, noticeOf } from './notice-text.js';
import { NotificationQueue } from './notification-queue.js';

export interface NotificationsParts {
  readonly notifiers: readonly KyuNotifier[];
  /** The name of the Kyu instance. */
  readonly instance: string;
  readonly jobEvents: Pick<JobEventHub, 'on'>;
  readonly events: EventBus;
  readonly clock: Clock;
}

const DEFAULT_EVENTS: readonly JobEventName[] = ['dead', 'stalled'];

/** Between the events about jobs and the notifiers of an instance. Without notifiers it listens to nothing. */
export class Notifications {
  private readonly queues: NotificationQueue[] = [];
  private readonly endings: (() => void)[] = [];

  constructor(private readonly parts: NotificationsParts) {
    for (const notifier of parts.notifiers) this.connect(notifier);
  }

  /** Lets what was said so far reach its readers. May take as long as they do: give it a limit, then `stop`. */
  async drain(): Promise<void> {
    if (this.queues.length === 0) return;
    // Events are told one turn later.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (const end of this.endings.splice(0)) end();
    await Promise.all(this.queues.map((queue) => queue.drain()));
  }

  /** Gives up what is not delivered, and says so. */
  stop(): void {
    for (const end of this.endings.splice(0)) end();
    for (const queue of this.queues) queue.stop();
  }

  private connect(notifier: KyuNotifier): void {
    const { clock, jobEvents } = this.parts;
    const failed = (lost: number, error: unknown): void =>
      this.parts.events.emit('notifier.failed', { notifier: notifier.name, lost, error });
    const queue = new NotificationQueue({ notifier, clock, onFailed: failed });
    this.queues.push(queue);
    for (const event of notifier.on ?? DEFAULT_EVENTS) {
      const listener = (told: JobEvents[JobEventName]): void => {
        if (notifier.types !== undefined && !notifier.types.includes(told.jobType)) return;
        try {
          const notice = noticeOf(event, this.parts.instance, told);
          queue.push(event, { text: notifier.format?.(notice) ?? defaultText(notice), notice });
        } catch (error) {
          failed(1, error);
        }
      };
      this.endings.push(jobEvents.on(event, listener));
    }
  }
}
