import { jobDefaultsOf } from '../core/resolve-job-defaults.js';
import { jobTypeOf, type JobReference } from '../core/job-definition.js';
import type { JobDefaults } from '../core/ports/handler-table.js';
import { bestMatch } from '../core/type-pattern.js';
import type { HandlerExplorer } from '../handlers/handler-explorer.js';
import { KyuRuntime, type RuntimeParts } from '../kyu.runtime.js';
import type { EngineClock } from './engine-clock.js';
import type { MemoryStores } from './memory-stores.js';

/** What an instance for tests is made of. */
export interface TestRuntimeParts extends RuntimeParts {
  readonly stores: MemoryStores;
  readonly clock: EngineClock;
  readonly explorer: HandlerExplorer;
}

/** An instance over memory and virtual time. */
export class TestRuntime extends KyuRuntime {
  readonly memory: MemoryStores;
  readonly engineClock: EngineClock;
  private readonly explorer: HandlerExplorer;

  constructor(parts: TestRuntimeParts) {
    super(parts);
    this.memory = parts.stores;
    this.engineClock = parts.clock;
    this.explorer = parts.explorer;
  }

  /** A test that forgets to close its application ends all the same. */
  override stayAlive(): void {}

  /** Many tests enqueue without ever starting the application: what decorators say must count for them, too. */
  protected override defaultsFor(reference: JobReference): JobDefaults {
    const { options, handlers } = this;
    const type = jobTypeOf(reference);
    if (handlers !== undefined) return super.defaultsFor(reference);
    const handlersByType = this.explorer
      .explore(options.name)
      .map((handler) => [handler.type, handler] as const);
    const found = bestMatch(new Map(handlersByType), type);
    return found === undefined
      ? super.defaultsFor(reference)
      : jobDefaultsOf(options, found.type, found.options);
  }
}
