import type { Command } from 'commander';

/** One command as completion and documents see it. */
export interface CommandNode {
  /** From the root, without it: `['jobs', 'list']`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly children: readonly CommandNode[];
  readonly options: readonly OptionNode[];
  /** As in the usage: `<id>`, `[query...]`. */
  readonly operands: readonly string[];
}

/** One option of a command. */
export interface OptionNode {
  /** `--json`. */
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
}

/** The tree of commands, made from the program itself so that nothing can be forgotten. */
export function commandTree(program: Command, path: readonly string[] = []): CommandNode {
  return {
    path,
    description: program.description(),
    children: program.commands.map((child) => commandTree(child, [...path, child.name()])),
    options: program.options.flatMap(({ long, description, required, optional }) =>
      long === undefined || long === null
        ? []
        : [{ flag: long, description, takesValue: required || optional }],
    ),
    operands: program.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
      return argument.required ? `<${name}>` : `[${name}]`;
    }),
  };
}

/** The tree as a list, the root first. */
export function allCommands(node: CommandNode): CommandNode[] {
  return [node, ...node.children.flatMap(allCommands)];
}
