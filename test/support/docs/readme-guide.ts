import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRepository, readText } from '../deploy/repository.js';
import { codeBlocks } from './markdown.js';

/** The first line of a TypeScript block says which file of the guide it is. */
const FILE_LINE = /^\/\/ file: ([\w.-]+\.ts)\b/;

/** A file of the guide, as the README shows it. */
export interface GuideFile {
  readonly name: string;
  readonly code: string;
}

/** Every TypeScript block of the README; one without a name would be compiled and run by nobody. */
export function guideFiles(): GuideFile[] {
  const files = codeBlocks(readText('README.md'))
    .filter(({ language }) => language === 'ts' || language === 'typescript')
    .map(({ code, line }) => ({ name: nameOf(code, line), code }));
  const names = new Set(files.map(({ name }) => name));
  if (names.size < files.length) throw new Error('Two blocks of the README have the same file name.');
  return files;
}

/** The SQL statements of the README. */
export function sqlStatements(): string[] {
  return codeBlocks(readText('README.md'))
    .filter(({ language }) => language === 'sql')
    .map(({ code }) => code.trim());
}

/** The guide, written into a folder where it finds its packages; `remove` takes it away again. */
export interface WrittenGuide {
  readonly folder: string;
  path(name: string): string;
  remove(): Promise<void>;
}

export async function writeGuide(files: readonly GuideFile[]): Promise<WrittenGuide> {
  const parent = inRepository('.kyu');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'readme-'));
  for (const { name, code } of files) await writeFile(join(folder, name), code);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(compilerSettings(), undefined, 2));
  return {
    folder,
    path: (name) => join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the compiler has to say about the guide; empty when it is content. */
export function compilerComplaints(folder: string): Promise<string> {
  const compiler = spawn(process.execPath, [inRepository('node_modules/typescript/bin/tsc'), '-p', folder]);
  let said = '';
  compiler.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  compiler.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    compiler.on('error', reject);
    compiler.on('close', (code) => resolve(code === 0 ? said : `${said}exit code ${code}`));
  });
}

/** As in the project itself, but for the way to the library: a user has it in `node_modules`. */
function compilerSettings(): object {
  return {
    extends: '../../tsconfig.json',
    compilerOptions: {
      rootDir: '../..',
      noEmit: true,
      paths: {
        'nestjs-kyu': ['../../lib/index.ts'],
        'nestjs-kyu/migrations': ['../../migrations/index.ts'],
        'nestjs-kyu/*': ['../../lib/*.ts'],
      },
    },
    include: ['*.ts'],
    exclude: [],
  };
}

function nameOf(code: string, line: number): string {
  const name = FILE_LINE.exec(code)?.[1];
  if (name !== undefined) return name;
  throw new Error(
    `The TypeScript block at line ${line} of the README does not begin with "// file: name.ts".`,
  );
}
