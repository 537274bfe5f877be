import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const TOP = new URL('../../../', import.meta.url);

export function inRepository(path: string): string {
  return fileURLToPath(new URL(path, TOP));
}

export function readText(path: string): string {
  return readFileSync(inRepository(path), 'utf8');
}

export function readJson(path: string): unknown {
  return JSON.parse(readText(path));
}

/** With merge keys (`<<`), as Docker Compose reads them. */
export function readYaml(path: string): unknown {
  return parse(readText(path), { merge: true });
}
