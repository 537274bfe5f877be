import { allCommands, type CommandNode } from './command-tree.js';

/** A completion script for fish, with what each word is for. */
export function fishCompletion(root: CommandNode): string {
  const paths = allCommands(root)
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.join(' ')));
  return `# kyu completion for fish: kyu completion fish | source
function __kyu_path
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l longer (string trim -- "$path $word")
        if contains -- $longer ${paths.join(' ')}
            set path $longer
        end
    end
    test "$path" = "$argv[1]"
end
${allCommands(root).flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, children, options }: CommandNode): string[] {
  const condition = `complete -c kyu -n ${quoted(`__kyu_path ${quoted(path.join(' '))}`)}`;
  return [
    ...children.map((child) => `${condition} -f -a ${child.path.at(-1)} -d ${quoted(child.description)}`),
    ...options.map(
      ({ flag, description, takesValue }) =>
        `${condition} -l ${flag.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(description)}`,
    ),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
