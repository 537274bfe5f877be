import { formatDuration } from './core/duration.js';
import type { KyuRuntime } from './kyu.runtime.js';
import { KYU_VERSION } from './kyu.version.js';

/** What an instance found at its start, for the person who reads the log: stores, schema, queues, handlers. */
export function startupTable(runtime: KyuRuntime): string {
  const { options, dispatcher, stores } = runtime;
  const facts = [
    ['instance', `${options.name}, ${describeRole(runtime)}`],
    ['version', KYU_VERSION],
    ['stores', stores.describe(dispatcher)],
    ['queues', runtime.queues.join(', ')],
  ];
  const lines = facts.map(([name, value]) => `  ${(name ?? '').padEnd(9)} ${value}`);
  return ['Kyu started', ...lines, ...handlerLines(runtime)].join('\n');
}

function describeRole({ options }: KyuRuntime): string {
  if (options.role === 'producer') return 'producer only';
  const { scaling } = options;
  const size = scaling === null ? String(options.workers) : `${scaling.min} to ${scaling.max}`;
  return `${size} workers${options.runOnce ? ', run once' : ''}`;
}

function handlerLines({ handlers }: KyuRuntime): string[] {
  const rows = (handlers?.all() ?? []).map((handler) => [
    handler.type,
    handler.source,
    handler.queue,
    `concurrency ${handler.concurrency}`,
    `timeout ${handler.timeoutMs === 0 ? 'none' : formatDuration(handler.timeoutMs)}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    return `  ${(index === 0 ? 'handlers' : '').padEnd(9)} ${cells.trimEnd()}`;
  });
}
