/** What the command says to the shell that called it. Stable: scripts rely on it; docs/command-line.md lists it. */
export const EXIT = {
  /** Done, and nothing to complain about. */
  ok: 0,
  /** It ran, and what was asked for could not be done, or there are findings. */
  failed: 1,
  /** It was called in a way that cannot be meant. Nothing was done. */
  usage: 2,
  /** PostgreSQL or Redis cannot be reached. */
  connection: 3,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
