import type { KyuLogger } from '../../../lib/core/ports/logger.js';

export interface RecordedLine {
  readonly level: keyof KyuLogger;
  readonly message: string;
  readonly details: Record<string, unknown>;
}

/** Keeps what is logged. */
export class RecordingLogger implements KyuLogger {
  readonly lines: RecordedLine[] = [];

  log(message: string, details: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'log', message, details });
  }

  warn(message: string, details: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'warn', message, details });
  }

  error(message: string, details: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'error', message, details });
  }

  debug(message: string, details: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'debug', message, details });
  }

  /** What was logged since the last look. */
  take(): RecordedLine[] {
    return this.lines.splice(0);
  }
}
