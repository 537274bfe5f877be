import { allCommands, type CommandNode } from './command-tree.js';

/** A completion script for bash. Works with the bash 3.2 of macOS. */
export function bashCompletion(root: CommandNode): string {
  const cases = allCommands(root).map((node) => {
    const words = [
      ...node.children.map(({ path }) => path.at(-1) ?? ''),
      ...node.options.map(({ flag }) => flag),
      '--help',
    ];
    return `    '${node.path.join(' ')}') words='${words.join(' ')}' ;;`;
  });
  const paths = allCommands(root)
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `'${path.join(' ')}'`);
  return `# kyu completion for bash: source <(kyu completion bash)
_kyu() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${path:+$path }$word" in
    ${paths.join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _kyu kyu
`;
}
