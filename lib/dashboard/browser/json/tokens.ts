/** One piece of JSON text; `text` is exactly what stood there. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'literal' | 'punctuation' | 'other';
  readonly text: string;
}

const PIECE = /\s+|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]|[^]/gy;

/**
 * Cuts JSON text into tokens without reading its values: a number beyond 2^53 must be shown as it was stored,
 * and JSON.parse would round it. Text that is no JSON comes out as it is.
 */
export function jsonTokens(text: string): JsonToken[] {
  const pieces = [...text.matchAll(PIECE)].map(([piece]) => piece).filter((piece) => piece.trim() !== '');
  return pieces.map((piece, index) => ({ kind: kindOf(piece, pieces[index + 1]), text: piece }));
}

function kindOf(piece: string, next: string | undefined): JsonToken['kind'] {
  const [first = ''] = piece;
  if (first === '"' && piece.length > 1) return next === ':' ? 'key' : 'string';
  if (/^-?\d/.test(piece)) return 'number';
  if (piece === 'true' || piece === 'false' || piece === 'null') return 'literal';
  return '{}[],:'.includes(piece) ? 'punctuation' : 'other';
}
