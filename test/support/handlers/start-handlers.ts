import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryModule,
  DiscoveryService,
  MetadataScanner,
  ModuleRef,
} from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { onTestFinished } from 'vitest';
import type { JobContext } from '../../../lib/core/job-context.js';
import type { HandlerOptions, ResolvedHandlerSettings } from '../../../lib/core/options.js';
import { outcomeOfThrown, type RunOutcome } from '../../../lib/core/outcome.js';
import { DEFAULT_BACKOFF } from '../../../lib/core/retry-policy.js';
import type { DiscoveredHandler } from '../../../lib/handlers/discovered-handler.js';
import type { EnhancerOptions } from '../../../lib/handlers/global-enhancers.js';
import { ProviderMethods } from '../../../lib/handlers/provider-methods.js';
import { HandlerExplorer } from '../../../lib/handlers/handler-explorer.js';
import { HandlerInvokerFactory } from '../../../lib/handlers/handler-invoker.js';
import { buildHandlerTable, type NestHandlerTable } from '../../../lib/handlers/nest-handler-table.js';
import { fakeJobContext } from './job-context.js';

interface Settings extends EnhancerOptions {
  readonly instance?: string;
  /** Before the application starts: global enhancers go here. */
  readonly prepare?: (app: INestApplication) => void;
}

/** The handlers of a real Nest application, without stores and workers. */
export interface StartedHandlers {
  readonly app: INestApplication;
  readonly discovered: readonly DiscoveredHandler[];
  readonly table: NestHandlerTable;
  /** Calls a handler as a worker would, and says what the run came to. */
  readonly run: (type: string, payload?: unknown, job?: JobContext) => Promise<RunOutcome>;
}

/** Starts an application and sets up its handlers as the module does; it is closed when the test has finished. */
export async function startHandlers(
  metadata: ModuleMetadata,
  settings: Settings = {},
): Promise<StartedHandlers> {
  const app = await startApplication(metadata, settings);
  const discovered = exploreHandlers(app, settings.instance);
  const factory = new HandlerInvokerFactory(app.get(ApplicationConfig), app.get(ModuleRef), settings);
  const table = await buildHandlerTable(discovered, {
    settingsFor,
    invokerFor: (handler) => factory.create(handler),
    resultLimitBytes: 1_000,
  });
  const run = (type: string, payload?: unknown, job?: JobContext): Promise<RunOutcome> =>
    runHandler(table, type, payload, job ?? fakeJobContext(payload, { type }));
  return { app, discovered, table, run };
}

/** The application alone. */
export async function startApplication(
  metadata: ModuleMetadata,
  { prepare }: Settings = {},
): Promise<INestApplication> {
  const module = { ...metadata, imports: [DiscoveryModule, ...(metadata.imports ?? [])] };
  const app = (await Test.createTestingModule(module).compile()).createNestApplication();
  onTestFinished(() => app.close());
  prepare?.(app);
  return app.init();
}

/** What there is to find in an application. */
export function exploreHandlers(app: INestApplication, instance?: string): DiscoveredHandler[] {
  return new HandlerExplorer(
    new ProviderMethods(app.get(DiscoveryService), app.get(MetadataScanner)),
  ).explore(instance);
}

function settingsFor(_type: string, decorator: HandlerOptions): ResolvedHandlerSettings {
  return {
    queue: decorator.queue ?? 'kyu:default',
    concurrency: decorator.concurrency ?? Infinity,
    maxRetries: decorator.maxRetries ?? 3,
    timeoutMs: Number(decorator.timeout ?? 30_000),
    backoff: DEFAULT_BACKOFF,
    errors: [],
  };
}

async function runHandler(
  table: NestHandlerTable,
  type: string,
  payload: unknown,
  job: JobContext,
): Promise<RunOutcome> {
  const handler = table.find(type);
  if (handler === undefined) throw new Error(`no handler for ${type}`);
  try {
    return { kind: 'completed', result: await handler.invoke(payload, job) };
  } catch (error) {
    return outcomeOfThrown(error);
  }
}
