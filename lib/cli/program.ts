import { Command } from 'commander';
import { KYU_VERSION } from '../kyu.version.js';
import { addMigrate } from './commands/migrate/migrate.js';
import { addSchedules } from './commands/schedules/schedules.js';
import { addRunOnce, addWork } from './commands/work.js';
import type { Shell } from './shell.js';

/** Every command, in the groups in which the help shows them. */
export function createProgram(shell: Shell): Command {
  const program = new Command('kyu')
    .description('Background jobs: look at them, operate them, run their workers.')
    .version(KYU_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand('help [command]', 'print what there is to say about a command')
    .showHelpAfterError('Run "kyu help" for what there is.')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  program.commandsGroup('Look:');
  program.commandsGroup('Operate:');
  addSchedules(program, shell);
  program.commandsGroup('Run:');
  addWork(program, shell);
  addRunOnce(program, shell);
  program.commandsGroup('Set up:');
  addMigrate(program, shell);
  return program;
}
