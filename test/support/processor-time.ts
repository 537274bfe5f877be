import { readFileSync } from 'node:fs';

/** What the processors have spent since the machine was started, in ticks. */
export interface ProcessorTime {
  readonly wanted: number;
  /** Wanted here, and given to other machines on the same host. */
  readonly stolen: number;
}

const LARGEST_STOLEN_SHARE = 0.1;

/** Others took so much of the time that the processors were wanted that a figure says little about Kyu. */
export function isDisturbed(stolen: number): boolean {
  return stolen > LARGEST_STOLEN_SHARE;
}

export function stolenShare(before: ProcessorTime, after: ProcessorTime): number {
  return (after.stolen - before.stolen) / Math.max(1, after.wanted - before.wanted);
}

/** Linux tells; elsewhere nothing counts as stolen. */
export function processorTime(): ProcessorTime {
  try {
    return parseProcessorTime(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return { wanted: 0, stolen: 0 };
  }
}

/** The first line of /proc/stat, which is about all processors: proc(5). */
export function parseProcessorTime(text: string): ProcessorTime {
  const line = text.split('\n', 1)[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { wanted: user + nice + system + irq + softIrq + stolen, stolen };
}
