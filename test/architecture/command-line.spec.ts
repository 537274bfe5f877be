import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allCommands, commandTree } from '../../lib/cli/completion/command-tree.js';
import { EXIT } from '../../lib/cli/exit-codes.js';
import { createProgram } from '../../lib/cli/program.js';
import { FakeShell } from '../support/cli/fake-shell.js';
import { inRepository, readJson, readText } from '../support/deploy/repository.js';
import { codeSpans, plain, section, tableRows } from '../support/docs/markdown.js';

const page = readText('docs/command-line.md');
const commands = allCommands(commandTree(createProgram(new FakeShell().shell))).filter(
  ({ path, children }) => path.length > 0 && children.length === 0,
);
/** Said once for all commands that connect. */
const CONNECTION = ['--postgres', '--redis', '--no-redis', '--schema', '--queue-name', '--config'];

describe('docs/command-line.md', () => {
  it('F97 has every command, and no other', () => {
    const documented = [...page.matchAll(/^### (kyu .+)$/gm)].map(([, name = '']) => name);
    expect(documented.sort()).toEqual(commands.map(({ path }) => `kyu ${path.join(' ')}`).sort());
  });

  it.each(commands.map((command) => [command.path.join(' '), command] as const))(
    'has the options, the operands and an example of kyu %s, and no other option',
    (name, { options, operands }) => {
      const part = section(page, `kyu ${name}`);
      const documented = tableRows(part).map((row) => plain(row['Option']));
      const own = options.map(({ flag }) => flag).filter((flag) => !CONNECTION.includes(flag));
      expect(documented.sort()).toEqual(own.sort());
      expect(operands.filter((operand) => !codeSpans(part).includes(operand))).toEqual([]);
      expect(part.includes('#where-the-stores-are')).toBe(options.some(({ flag }) => flag === '--postgres'));
      const [, example = ''] = /```sh\n([^]*?)```/.exec(page.slice(page.indexOf(`### kyu ${name}\n`))) ?? [];
      expect(example).toContain(`kyu ${name}`);
    },
  );

  it('names in its examples only options that there are', () => {
    const examples = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, text = '']) => text).join('\n');
    const flags = new Set(commands.flatMap(({ options }) => options.map(({ flag }) => flag)));
    const used = [...examples.matchAll(/(?<=\s)--[a-z-]+/g)].map(([flag]) => flag);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((flag) => !flags.has(flag))).toEqual([]);
  });

  it('says where the stores are, and every exit code', () => {
    const said = codeSpans(section(page, 'Where the stores are')).map((span) => span.split(' ')[0]);
    expect(CONNECTION.filter((flag) => !said.includes(flag))).toEqual([]);
    const codes = tableRows(section(page, 'Output')).map((row) => Number(row['Exit code']));
    expect(codes).toEqual(Object.values(EXIT));
  });
});

describe('the package', () => {
  it('brings the command along', () => {
    const manifest = readJson('package.json') as { bin: Record<string, string>; files: string[] };
    expect(manifest.bin).toEqual({ kyu: 'dist/lib/cli/main.js' });
    expect(manifest.files).toContain('dist/lib');
    expect(readFileSync(inRepository('lib/cli/main.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
