import { isValidElement, type ComponentChild, type VNode } from 'preact';

/** A part of the pages, as a function of what it is given. */
export type Part = (props: object) => ComponentChild;

/** A part that keeps nothing in mind between two looks. */
export async function partOf(file: string, name: string): Promise<Part> {
  const path = new URL(`../../../lib/dashboard/browser/parts/${file}`, import.meta.url).href;
  const parts = (await import(path)) as Readonly<Record<string, Part>>;
  const part = parts[name];
  if (part === undefined) throw new Error(`there is no ${name} in ${file}`);
  return part;
}

/** What each link, button and the like of it says to people, one text each. */
export function textsIn(shown: unknown): string[] {
  if (Array.isArray(shown)) return shown.flatMap(textsIn);
  if (!isElement(shown)) return [];
  if (typeof shown.type === 'function') return textsIn(rendered(shown));
  if (shown.type === 'a' || shown.type === 'button') return [wordsIn(shown).join(' ')];
  return textsIn(shown.props.children);
}

function wordsIn(shown: unknown): string[] {
  if (typeof shown === 'string' || typeof shown === 'number') return shown === '' ? [] : [String(shown)];
  if (Array.isArray(shown)) return shown.flatMap(wordsIn);
  if (!isElement(shown)) return [];
  return wordsIn(typeof shown.type === 'function' ? rendered(shown) : shown.props.children);
}

function isElement(shown: unknown): shown is VNode {
  return isValidElement(shown);
}

function rendered({ type, props }: VNode): unknown {
  return (type as Part)(props);
}
