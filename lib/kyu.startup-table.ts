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
  return ['Kyu started', ...lines, ...handlerLines(runtime), ...scheduleLines(runtime)].join('\n');
}

function describeRole({ options }: KyuRuntime): string {
  if (options.role === 'producer') return 'producer only';
  return `${options.workers} workers${options.runOnce ? ', run once' : ''}`;
}

function handlerLines({ handlers }: KyuRuntime): string[] {
  const rows = (handlers?.all() ?? []).map((handler) => [
    handler.type,
    handler.source,
    handler.queue,
    `concurrency ${handler.concurrency}`,
    `timeout ${handler.timeoutMs === 0 ? 'none' : formatDuration(handler.timeoutMs)}`,
  ]);
  return tableLines('handlers', rows);
}

/** What code declares; what lives in the ledger alone may be thousands. */
function scheduleLines({ schedules, options }: KyuRuntime): string[] {
  if (options.role === 'producer') return [];
  const rows = schedules.declared.map(({ name, cron, timezone, type, overlap, missed }) => [
    name,
    `${cron} ${timezone}`,
    type,
    `missed ${missed}`,
    `overlap ${overlap}`,
  ]);
  if (options.scheduleProvider !== undefined) {
    rows.push(['(provider)', `every ${formatDuration(options.scheduleSyncMs)}`]);
  }
  return tableLines('schedules', rows);
}

function tableLines(title: string, rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    return `  ${(index === 0 ? title : '').padEnd(9)} ${cells.trimEnd()}`;
  });
}
