import type { Span } from '@opentelemetry/api';
import type { DraftedJob, EnqueueCall } from '../../core/ports/telemetry.js';
import { ATTRIBUTE } from './attributes.js';

/** The span of one call of the producer. What it is about is known only when its jobs are drafted. */
export class EnqueueSpan {
  private queue: string | undefined;
  private hasManyQueues = false;

  constructor(
    readonly span: Span,
    private readonly call: EnqueueCall,
  ) {
    if (this.isBatch) span.setAttribute(ATTRIBUTE.batchSize, call.count);
  }

  /** A job of the call was drafted. */
  add({ id, type, queue }: DraftedJob): void {
    if (!this.isBatch) this.span.setAttributes({ [ATTRIBUTE.jobId]: id, [ATTRIBUTE.jobType]: type });
    this.hasManyQueues ||= this.queue !== undefined && this.queue !== queue;
    this.queue = queue;
  }

  /** The job that stands for the call: with a unique key it may be an older one. */
  answered(answer: unknown): void {
    if (this.isBatch || typeof answer !== 'object' || answer === null || !('id' in answer)) return;
    if (typeof answer.id === 'string') this.span.setAttribute(ATTRIBUTE.jobId, answer.id);
  }

  end(): void {
    if (this.queue !== undefined && !this.hasManyQueues) {
      this.span.setAttribute(ATTRIBUTE.destination, this.queue);
      this.span.updateName(`${this.call.name} ${this.queue}`);
    }
    this.span.end();
  }

  private get isBatch(): boolean {
    return this.call.name === 'enqueue_many';
  }
}
