import type { Command } from 'commander';
import type { Shell } from './shell.js';

/** Who does it and why, for the audit trail. */
export interface ActorFlags {
  readonly actor?: string;
  readonly reason?: string;
}

/** Adds the options of every command whose deed is kept in the audit trail. */
export function withActor(command: Command): Command {
  return command
    .option('--actor <name>', 'who does it, for the audit trail (default: cli:<account>)')
    .option('--reason <text>', 'why, for the audit trail');
}

export function actorOf(shell: Shell, { actor, reason }: ActorFlags): { actor: string; reason?: string } {
  return {
    actor: actor ?? `cli:${shell.account()}`,
    ...(reason === undefined ? {} : { reason }),
  };
}
