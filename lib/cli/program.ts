import { Command, Help, type Option } from 'commander';
import { KYU_VERSION } from '../kyu.version.js';
import { addCompletion } from './commands/completion.js';
import { addDashboard } from './commands/dashboard.js';
import { addDead } from './commands/dead/dead.js';
import { addDoctor } from './commands/doctor.js';
import { addErrors } from './commands/errors/errors.js';
import { addJobs } from './commands/jobs/jobs.js';
import { addMigrate } from './commands/migrate/migrate.js';
import { addQueues } from './commands/queues/queues.js';
import { addRebuild } from './commands/rebuild.js';
import { addSchedules } from './commands/schedules/schedules.js';
import { addStats } from './commands/stats.js';
import { addTop } from './commands/top.js';
import { addRunOnce, addWork } from './commands/work.js';
import { addWorkers } from './commands/workers/workers.js';
import { CONNECTION_GROUP } from './connection/connection-options.js';
import type { Shell } from './shell.js';

/** Every command, in the groups in which the help shows them. */
export function createProgram(shell: Shell): Command {
  const program = new Command('kyu')
    .description('Background jobs: look at them, operate them, run their workers.')
    .version(KYU_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .configureHelp({ subcommandTerm: termOf, groupItems: connectionLast })
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
  addStats(program, shell);
  addTop(program, shell);
  addDashboard(program, shell);
  addDoctor(program, shell);
  addErrors(program, shell);
  program.commandsGroup('Operate:');
  addJobs(program, shell);
  addDead(program, shell);
  addQueues(program, shell);
  addSchedules(program, shell);
  addWorkers(program, shell);
  addRebuild(program, shell);
  program.commandsGroup('Run:');
  addWork(program, shell);
  addRunOnce(program, shell);
  program.commandsGroup('Set up:');
  addMigrate(program, shell);
  addCompletion(program, shell);
  addHelp(program);
  return program;
}

function addHelp(program: Command): void {
  const help = program.createCommand('help').argument('[command]', 'the command').helpOption(false);
  program.addHelpCommand(help.description('print what there is to say about a command').helpGroup('Set up:'));
}

/** That there are options goes without saying. */
function termOf(command: Command): string {
  const operands = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...operands].join(' ');
}

/** What a command can be told comes before where its stores are. */
function connectionLast<Item extends Command | Option>(
  unsorted: Item[],
  visible: Item[],
  groupOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Help().groupItems(unsorted, visible, groupOf);
  const connection = groups.get(CONNECTION_GROUP);
  if (connection === undefined) return groups;
  groups.delete(CONNECTION_GROUP);
  return groups.set(CONNECTION_GROUP, connection);
}
