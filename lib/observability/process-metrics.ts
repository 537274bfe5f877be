import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * prom-client's metrics of the process itself (`nodejs_*`, `process_*`), collected once however many instances of Kyu
 * live in the process: each collection costs a timer and an observer of the garbage collector.
 * It begins at the first call, so that a process which nobody scrapes does not pay for it.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
