import { allCommands, type CommandNode } from './command-tree.js';

/** A completion script for zsh, with what each word is for. */
export function zshCompletion(root: CommandNode): string {
  const cases = allCommands(root).map((node) => {
    const words = [
      ...node.children.map(({ path, description }) => described(path.at(-1) ?? '', description)),
      ...node.options.map(({ flag, description }) => described(flag, description)),
      described('--help', 'print this'),
    ];
    return `    '${node.path.join(' ')}') choices=(${words.join(' ')}) ;;`;
  });
  const paths = allCommands(root)
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `'${path.join(' ')}'`);
  return `#compdef kyu
# kyu completion for zsh: kyu completion zsh > a folder of $fpath, as _kyu
_kyu() {
  local route='' word
  local -a choices
  for word in \${words[2,CURRENT-1]}; do
    case "\${route:+$route }$word" in
    ${paths.join(' | ')}) route="\${route:+$route }$word" ;;
    esac
  done
  case "$route" in
${cases.join('\n')}
  esac
  _describe 'kyu' choices || _files
}
if [ "$funcstack[1]" = "_kyu" ]; then _kyu "$@"; else compdef _kyu kyu; fi
`;
}

function described(word: string, description: string): string {
  return `'${word}:${description.replaceAll("'", `'\\''`).replaceAll(':', '\\:')}'`;
}
