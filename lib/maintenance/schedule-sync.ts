import { formatDuration } from '../core/duration.js';
import { InvalidScheduleError, ScheduleConflictError, type ConfigProblem } from '../core/errors.js';
import type { EventBus } from '../core/event-bus.js';
import { firstTickOf } from '../core/first-tick.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { ScheduleLedger } from '../core/ports/schedule-ledger.js';
import { readSchedule, type ScheduleReading } from '../core/resolve-schedule.js';
import { isSameJson } from '../core/same-json.js';
import type { Schedule, ScheduleDefinition, ScheduleProvider, ScheduleSource } from '../core/schedule.js';

/** What the sync works with. */
export interface ScheduleSyncParts {
  readonly app: string;
  readonly schedules: ScheduleLedger;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly reading: () => ScheduleReading;
  readonly provider: ScheduleProvider | undefined;
  readonly everyMs: number;
}

/** What a provider's list comes to. */
interface Listed {
  readonly definitions: readonly ScheduleDefinition[];
  readonly problems: readonly ConfigProblem[];
}

const CODE: readonly ScheduleSource[] = ['decorator', 'options', 'provider', 'dynamic'];

/**
 * Brings into the ledger what code and a provider say. Every worker process does it for itself; to write what is there
 * already changes nothing.
 */
export class ScheduleSync {
  private timer: Timer | undefined;
  private underWay: Promise<void> | undefined;

  constructor(private readonly parts: ScheduleSyncParts) {}

  /** Writes what code declares. Code has the last word: it takes over a schedule of the same name from elsewhere. */
  async declare(definitions: readonly ScheduleDefinition[]): Promise<void> {
    if (definitions.length > 0) await this.write(definitions, CODE);
  }

  /** The first sync now, then one every period; what fails is reported and changes nothing. */
  async start(): Promise<void> {
    if (this.parts.provider === undefined || this.timer !== undefined) return;
    this.timer = this.parts.clock.every(this.parts.everyMs, () => this.syncAgain());
    await this.sync();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** One sync; one that is asked for while another is under way shares it. Never rejects. */
  async sync(): Promise<void> {
    this.underWay ??= this.syncOnce().finally(() => (this.underWay = undefined));
    await this.underWay;
  }

  private syncAgain(): void {
    if (this.underWay === undefined) return void this.sync();
    const error = new Error(`load() has not answered for ${formatDuration(this.parts.everyMs)} or longer.`);
    this.parts.events.emit('schedules.sync.failed', { error });
  }

  private async syncOnce(): Promise<void> {
    const { provider, events } = this.parts;
    if (provider === undefined) return;
    try {
      const { definitions, problems } = await this.read(await provider.load());
      if (problems.length > 0) throw new InvalidScheduleError('list of the provider', problems);
      const known = await this.parts.schedules.list(this.parts.app);
      const written = await this.writeChanged(definitions, known);
      const removed = await this.removeUnlisted(definitions, known);
      if (written.length + removed.length > 0) events.emit('schedules.synced', { written, removed });
    } catch (error) {
      events.emit('schedules.sync.failed', { error });
    }
  }

  /** All of it or nothing: a list that is half wrong may be half missing as well. */
  private async read(given: unknown): Promise<Listed> {
    const problems: ConfigProblem[] = [];
    if (!Array.isArray(given)) {
      return { definitions: [], problems: [{ field: 'load()', value: typeof given, allowed: 'an array' }] };
    }
    const definitions = new Map<string, ScheduleDefinition>();
    const reading = this.parts.reading();
    for (const [index, input] of given.entries()) {
      const definition = await readSchedule(input, 'provider', reading, problems, `load()[${index}]`);
      if (definition === undefined) continue;
      if (definitions.has(definition.name)) {
        const allowed = 'each name once';
        problems.push({ field: `load()[${index}].name`, value: `"${definition.name}" again`, allowed });
      }
      definitions.set(definition.name, definition);
    }
    return { definitions: [...definitions.values()], problems };
  }

  private async writeChanged(
    definitions: readonly ScheduleDefinition[],
    known: readonly Schedule[],
  ): Promise<string[]> {
    const byName = new Map(known.map((schedule) => [schedule.name, schedule]));
    const changed = definitions.filter((definition) => hasChanged(definition, byName.get(definition.name)));
    const refused = await this.write(changed, ['provider']);
    for (const name of refused) {
      const owner = byName.get(name)?.source ?? 'another source';
      const error = new ScheduleConflictError(name, `one of ${owner}`, 'one of the provider');
      this.parts.events.emit('schedule.failed', { schedule: name, error });
    }
    return changed.map(({ name }) => name).filter((name) => !refused.includes(name));
  }

  private async removeUnlisted(
    definitions: readonly ScheduleDefinition[],
    known: readonly Schedule[],
  ): Promise<string[]> {
    const listed = new Set(definitions.map(({ name }) => name));
    const gone = known.filter(({ name, source }) => source === 'provider' && !listed.has(name));
    if (gone.length === 0) return [];
    return this.parts.schedules.remove(
      this.parts.app,
      gone.map(({ name }) => name),
    );
  }

  private async write(
    definitions: readonly ScheduleDefinition[],
    over: readonly ScheduleSource[],
  ): Promise<string[]> {
    if (definitions.length === 0) return [];
    const { app, schedules } = this.parts;
    const nowMs = await schedules.nowMs();
    const plans = definitions.map((definition) => ({
      definition,
      firstTickMs: firstTickOf(definition, nowMs),
    }));
    return schedules.upsert(app, plans, over);
  }
}

/** The ledger writes a schedule only when it has changed; this saves asking it about thousands that have not. */
function hasChanged(definition: ScheduleDefinition, known: Schedule | undefined): boolean {
  if (known === undefined) return true;
  const { payload, options, ...fields } = definition;
  const same = Object.entries(fields).every(([key, value]) => known[key as keyof typeof fields] === value);
  return !same || !isSameJson(JSON.parse(payload), known.payload) || !isSameJson(options, known.options);
}
