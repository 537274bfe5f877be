/** The comment in front of a statement's exported template. */
export function headerOf(source: string): string {
  const [, comment = ''] =
    /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export const \w+: StatementTemplate/.exec(source) ?? [];
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join(' ')
    .trim();
}

/** The indexes that a header promises: those in its sentence that begins with "Index:" or "Indexes:". */
export function indexesNamedIn(header: string): string[] {
  const [, sentence = ''] = /\bIndex(?:es)?: ([^.]*)/.exec(header) ?? [];
  return sentence.match(/\bkyu_\w+/g) ?? [];
}
