import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { allCommands, commandTree } from '../../../lib/cli/completion/command-tree.js';
import { createProgram } from '../../../lib/cli/program.js';
import { FakeShell } from '../../support/cli/fake-shell.js';

async function scriptFor(name: string): Promise<string> {
  const shell = new FakeShell();
  expect(await shell.run('completion', name)).toBe(0);
  return shell.shown;
}

/** What bash offers when Tab is pressed after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const list = ['kyu', ...words].map((word) => `'${word}'`).join(' ');
  const program = `${await scriptFor('bash')}
COMP_WORDS=(${list}); COMP_CWORD=${words.length}; _kyu; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', program], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  it('F97 offers commands, subcommands and options in a real bash', async () => {
    expect(await offered('sch')).toEqual(['schedules']);
    expect(await offered('schedules', 're')).toEqual(['resume', 'remove']);
    expect(await offered('jobs', 'list', '--lim')).toEqual(['--limit']);
    expect(await offered('jobs', 'list', 'status:dead', '--so')).toEqual(['--sort']);
  });

  it.each(['bash', 'zsh', 'fish'])('knows every command and every option in %s', async (name) => {
    const script = await scriptFor(name);
    const nodes = allCommands(commandTree(createProgram(new FakeShell().shell)));
    expect(nodes.length).toBeGreaterThan(30);
    const missing = nodes.flatMap(({ path, options }) => [
      ...(script.includes(path.at(-1) ?? '') ? [] : [path.join(' ')]),
      ...options.map(({ flag }) => flag.slice(2)).filter((flag) => !script.includes(flag)),
    ]);
    expect(missing).toEqual([]);
  });
});
