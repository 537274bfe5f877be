import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { commandTree, type CommandNode } from '../completion/command-tree.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import type { Shell } from '../shell.js';

const SCRIPTS: Readonly<Record<string, (root: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `kyu completion <shell>` */
export function addCompletion(program: Command, shell: Shell): void {
  program
    .command('completion')
    .description('print a script that completes commands and options: source <(kyu completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .action((name: string) => {
      shell.stdout.write(SCRIPTS[name]?.(commandTree(program)) ?? ''); // the choices are the keys
    });
}
