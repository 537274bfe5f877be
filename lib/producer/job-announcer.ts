import type { EventBus } from '../core/event-bus.js';
import type { InsertedJob, JobDraft, QueuedHint } from '../core/job.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';

/** In the first the callers' next jobs are gathered; see `Batcher`. */
const TURNS_UNTIL_SENT = 2;

/** What the announcer works with. */
export interface AnnouncerParts {
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
}

/** The second step of a job's way: what is pending becomes reachable. No caller waits for it. */
export class JobAnnouncer {
  private readonly underWay = new Set<Promise<unknown>>();
  /** For each queue that is being told something, what it is to be told next. */
  private readonly next = new Map<string, QueuedHint[]>();

  constructor(private readonly parts: AnnouncerParts) {}

  /** What one statement wrote is told together: one event and one announcement for each queue. */
  tell(drafts: readonly JobDraft[], jobs: readonly InsertedJob[]): void {
    this.announce(this.recorded(drafts, jobs));
  }

  /**
   * The same for callers who were answered together, and may have their next jobs in hand: those are gathered and sent
   * first, and the dispatcher is told while PostgreSQL writes them.
   */
  tellBehindNext(drafts: readonly JobDraft[], jobs: readonly InsertedJob[]): void {
    const pending = this.recorded(drafts, jobs);
    this.keep(turnsOfTheLoop(TURNS_UNTIL_SENT).then(() => this.announce(pending)));
  }

  async whenDone(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** Answers what has to be announced, by queue. */
  private recorded(drafts: readonly JobDraft[], jobs: readonly InsertedJob[]): Map<string, QueuedHint[]> {
    const created = new Map<string, JobDraft[]>();
    const pending = new Map<string, QueuedHint[]>();
    for (const [index, draft] of drafts.entries()) {
      const job = jobs[index]!; // the intake answers for each draft
      if (job.created) addTo(created, draft);
      const hint = hintOf(draft, job);
      if (hint !== undefined) addTo(pending, hint);
    }
    for (const [queue, members] of created) this.parts.events.emit('jobs.enqueued', { queue, jobs: members });
    return pending;
  }

  private announce(pending: ReadonlyMap<string, readonly QueuedHint[]>): void {
    for (const [queue, hints] of pending) {
      const next = this.next.get(queue);
      if (next === undefined) this.keep(this.announceAll(queue, hints));
      else next.push(...hints);
    }
  }

  /**
   * One announcement of a queue at a time: what is committed meanwhile shares the next. A `Batcher` would do the same a
   * turn of the event loop later, which a lone job would have to wait for, and stay there for every queue ever named.
   */
  private async announceAll(queue: string, hints: readonly QueuedHint[]): Promise<void> {
    try {
      for (let now = hints; now.length > 0; now = this.next.get(queue) ?? []) {
        this.next.set(queue, []);
        await this.parts.dispatcher.announce(queue, now);
      }
    } finally {
      this.next.delete(queue);
    }
  }

  private keep(announcement: Promise<unknown>): void {
    this.underWay.add(announcement);
    void announcement.finally(() => this.underWay.delete(announcement));
  }
}

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What the dispatcher should hear: a new job, or one that another draft has just changed. */
function hintOf(draft: JobDraft, job: InsertedJob): QueuedHint | undefined {
  if (job.status !== 'pending') return undefined;
  if (job.created) return draft;
  if (draft.unique?.onConflict !== 'replace') return undefined;
  return { id: job.id, type: draft.type, priority: draft.priority, queue: draft.queue };
}

function addTo<Member extends QueuedHint>(queues: Map<string, Member[]>, member: Member): void {
  const members = queues.get(member.queue);
  if (members === undefined) queues.set(member.queue, [member]);
  else members.push(member);
}
