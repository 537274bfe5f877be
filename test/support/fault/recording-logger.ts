import type { KyuLogger } from 'nestjs-kyu';
import type { Recorder } from './recorder.js';

/** Kyu's log lines become events, so that a test can wait for one. */
export function recordingLogger(recorder: Recorder): KyuLogger {
  const write =
    (level: string) =>
    (message: string, details: Record<string, unknown> = {}): void =>
      recorder.record({ kind: 'log', level, message, details });
  return { log: write('log'), warn: write('warn'), error: write('error'), debug: write('debug') };
}
