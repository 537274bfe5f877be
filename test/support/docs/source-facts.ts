import { readdirSync } from 'node:fs';
import { inRepository, readText } from '../deploy/repository.js';

/** A key of an interface, and its type as it is written. */
export interface InterfaceKey {
  readonly name: string;
  readonly type: string;
}

/** Every file below a folder of the repository whose name ends like this, as a path from the top. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(inRepository(folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(ending))
    .sort();
}

/** The keys that an interface declares itself. */
export function interfaceKeys(path: string, name: string): InterfaceKey[] {
  const keys = [...bodyOf(path, name).matchAll(/^ {2}(?:readonly )?(\w+)\??: ([^;]+);/gm)];
  if (keys.length === 0) throw new Error(`The interface ${name} in ${path} has no key that can be read.`);
  return keys.map(([, key = '', type = '']) => ({ name: key, type: type.replaceAll(/\s+/g, ' ').trim() }));
}

/** Each event of the catalogue with its fields. */
export function eventFields(): Map<string, string[]> {
  const body = bodyOf('lib/core/events.ts', 'KyuEvents');
  const events = [...body.matchAll(/^ {2}'([\w.]+)': (\{[\s\S]*?\});$/gm)];
  return new Map(
    events.map(([, name = '', text = '']) => [
      name,
      [...text.matchAll(/readonly (\w+):/g)].map(([, field = '']) => field),
    ]),
  );
}

/** Every code of an error that the library can make. */
export function errorCodes(): Set<string> {
  const codes = filesBelow('lib', '.ts').flatMap((path) => [...readText(path).matchAll(/'(KYU_[A-Z_]+)'/g)]);
  return new Set(codes.map(([, code = '']) => code));
}

function bodyOf(path: string, name: string): string {
  const found = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(
    readText(path),
  );
  if (found === null) throw new Error(`There is no interface ${name} in ${path}.`);
  return found[1] ?? '';
}
