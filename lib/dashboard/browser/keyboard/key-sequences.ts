/** Longest pause between the two keys of a sequence such as `g j`. */
export const SEQUENCE_MS = 1_200;

export interface KeyPress {
  readonly key: string;
  readonly atMs: number;
  /** With Control, Alt or Meta a key belongs to the browser. */
  readonly isModified: boolean;
  /** In a field, keys are text. */
  readonly isTyping: boolean;
}

export interface KeyReading {
  /** `g j`, `/`, `?` … or undefined when nothing is meant (yet). */
  readonly shortcut: string | undefined;
  /** The beginning of a sequence, to be given back with the next key. */
  readonly begun: { readonly key: string; readonly atMs: number } | undefined;
}

const FIRST_KEYS = new Set(['g']);

/** Which shortcut a key press means, given the one before it. */
export function readKey(press: KeyPress, begun: KeyReading['begun']): KeyReading {
  const nothing = { shortcut: undefined, begun: undefined };
  if (press.isModified || press.isTyping) return nothing;
  if (begun !== undefined && press.atMs - begun.atMs <= SEQUENCE_MS) {
    return { shortcut: `${begun.key} ${press.key}`, begun: undefined };
  }
  if (FIRST_KEYS.has(press.key)) return { ...nothing, begun: { key: press.key, atMs: press.atMs } };
  return { shortcut: press.key, begun: undefined };
}
