import { jsonTokens, type JsonToken } from './tokens.js';

export interface JsonLine {
  readonly depth: number;
  readonly tokens: readonly JsonToken[];
}

/** JSON text as indented lines; empty lists and objects stay on one line. */
export function jsonLines(text: string): JsonLine[] {
  const tokens = jsonTokens(text);
  const lines: JsonLine[] = [];
  let depth = 0;
  let line: JsonToken[] = [];
  const breakLine = (): void => {
    if (line.length > 0) lines.push({ depth, tokens: line });
    line = [];
  };
  tokens.forEach((token, index) => {
    const next = tokens[index + 1]?.text;
    const previous = tokens[index - 1]?.text;
    if (isClosing(token) && !(previous !== undefined && isPair(previous, token.text))) {
      breakLine();
      depth = Math.max(0, depth - 1);
    }
    line.push(token);
    if (isOpening(token) && !(next !== undefined && isPair(token.text, next))) {
      breakLine();
      depth += 1;
    }
    if (token.kind === 'punctuation' && token.text === ',') breakLine();
  });
  breakLine();
  return lines;
}

/** The same lines as text, for the clipboard. */
export function indentedJson(text: string): string {
  return jsonLines(text)
    .map(({ depth, tokens }) => '  '.repeat(depth) + tokens.map(spaced).join(''))
    .join('\n');
}

/** A colon is followed by a space; everything else stands as it is. */
export function spaced(token: JsonToken): string {
  return token.kind === 'punctuation' && token.text === ':' ? ': ' : token.text;
}

function isOpening({ kind, text }: JsonToken): boolean {
  return kind === 'punctuation' && (text === '{' || text === '[');
}

function isClosing({ kind, text }: JsonToken): boolean {
  return kind === 'punctuation' && (text === '}' || text === ']');
}

function isPair(opening: string, closing: string): boolean {
  return (opening === '{' && closing === '}') || (opening === '[' && closing === ']');
}
