import { HandlerConflictError, KyuConfigError } from '../core/errors.js';
import type { HandlerOptions, ResolvedHandlerSettings } from '../core/options.js';
import type { Handler, HandlerTable, JobDefaults } from '../core/ports/handler-table.js';
import type { RetryPolicy } from '../core/settlement.js';
import { bestMatch, isTypeOrPattern, TYPE_OR_PATTERN_RULE } from '../core/type-pattern.js';
import { placeOf, type DiscoveredHandler } from './discovered-handler.js';
import type { InvokeHandler } from './handler-pipeline.js';

/** What a table is built with. */
export interface HandlerTableParts {
  /** Applies the module's options and defaults to what a decorator says. */
  readonly settingsFor: (type: string, decorator: HandlerOptions) => ResolvedHandlerSettings;
  /** The same for jobs in each queue that has defaults of its own. Default: there is none. */
  readonly settingsByQueue?: (
    type: string,
    decorator: HandlerOptions,
  ) => ReadonlyMap<string, ResolvedHandlerSettings>;
  readonly invokerFor: (handler: DiscoveredHandler) => Promise<InvokeHandler>;
  readonly resultLimitBytes: number;
}

/** The handlers that were found in the application; fixed once it has started. */
export class NestHandlerTable implements HandlerTable {
  private readonly handlers = new Map<string, Handler>();
  private readonly defaults = new Map<string, JobDefaults>();
  /** Types whose handler was found by its prefix. */
  private readonly resolved = new Map<string, Handler>();

  /** Used by `buildHandlerTable`; nothing is added later. */
  constructor(rows: readonly { readonly handler: Handler; readonly defaults: JobDefaults }[]) {
    for (const { handler, defaults } of rows) {
      this.handlers.set(handler.type, handler);
      this.defaults.set(handler.type, defaults);
    }
  }

  find(type: string): Handler | undefined {
    return this.handlers.get(type) ?? this.resolved.get(type) ?? this.findByPrefix(type);
  }

  all(): readonly Handler[] {
    return [...this.handlers.values()];
  }

  /** What a job of this type gets when it is enqueued without settings of its own. */
  defaultsOf(type: string): JobDefaults | undefined {
    return bestMatch(this.defaults, type);
  }

  private findByPrefix(type: string): Handler | undefined {
    const found = bestMatch(this.handlers, type);
    if (found !== undefined && this.resolved.size < MOST_REMEMBERED) this.resolved.set(type, found);
    return found;
  }
}

/** Whoever makes up a type for every job must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/**
 * Sets up every handler that was found.
 * @throws HandlerConflictError when a type has two handlers
 * @throws KyuConfigError when a name or what is around a handler cannot be used
 */
export async function buildHandlerTable(
  discovered: readonly DiscoveredHandler[],
  parts: HandlerTableParts,
): Promise<NestHandlerTable> {
  refuseBadNames(discovered);
  refuseConflicts(discovered);
  return new NestHandlerTable(await Promise.all(discovered.map((handler) => setUp(handler, parts))));
}

async function setUp(
  discovered: DiscoveredHandler,
  parts: HandlerTableParts,
): Promise<{ handler: Handler; defaults: JobDefaults }> {
  const { type, source } = discovered;
  const settings = parts.settingsFor(type, discovered.options);
  const { queue, concurrency, timeoutMs, maxRetries } = settings;
  const policyOf = ({ backoff, errors }: ResolvedHandlerSettings): RetryPolicy => ({
    backoff,
    errors,
    resultLimitBytes: parts.resultLimitBytes,
  });
  const invoke = await parts.invokerFor(discovered);
  const handler = { type, queue, concurrency, timeoutMs, retryPolicy: policyOf(settings), source, invoke };
  const defaults = { queue, maxRetries, timeoutMs };
  const elsewhere = parts.settingsByQueue?.(type, discovered.options);
  if (elsewhere === undefined || elsewhere.size === 0) return { handler, defaults };
  const retryPolicyIn = new Map([...elsewhere].map(([name, there]) => [name, policyOf(there)]));
  return { handler: { ...handler, retryPolicyIn }, defaults: { ...defaults, elsewhere } };
}

function refuseBadNames(discovered: readonly DiscoveredHandler[]): void {
  const problems = discovered
    .filter(({ type }) => !isTypeOrPattern(type))
    .map((handler) => ({
      field: `@JobHandler on ${placeOf(handler)}`,
      value: `"${handler.type}"`,
      allowed: TYPE_OR_PATTERN_RULE,
    }));
  if (problems.length > 0) throw new KyuConfigError(problems, 'The name of a job type');
}

function refuseConflicts(discovered: readonly DiscoveredHandler[]): void {
  const owners = new Map<string, DiscoveredHandler>();
  for (const handler of discovered) {
    const owner = owners.get(handler.type);
    if (owner !== undefined) throw new HandlerConflictError(handler.type, placeOf(owner), placeOf(handler));
    owners.set(handler.type, handler);
  }
}
