/** Where Kyu's log lines go. Nest's `Logger`, and most others, fit as they are. */
export interface KyuLogger {
  log(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  error(message: string, details?: Record<string, unknown>): void;
  debug(message: string, details?: Record<string, unknown>): void;
}
