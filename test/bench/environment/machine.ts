import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where the figures come from. */
export interface Machine {
  readonly platform: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Processes that were busy in the last minute, before the run: near 0, or the figures are worth little. */
  readonly loadBefore: number;
}

export function readMachine(): Machine {
  const processors = cpus();
  return {
    platform: `${platform()}-${arch()}`,
    kernel: release(),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
