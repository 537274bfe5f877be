/** A word of the query: `type:send_email`, `age>1h`, `error:"timed out"`, or free text. */
export interface QueryTerm {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** `type` of `type:send_email`; undefined for free text. */
  readonly field: string | undefined;
  readonly value: string;
}

const TERM = /(?:"(?:[^"\\]|\\.)*"?|[^\s"])+/g;
const QUALIFIED = /^(-?[a-z_][\w.-]*)(:|>=|<=|>|<|=)([^]*)$/i;

/** The words of a query with their places. Quoted blanks do not part words. */
export function termsOf(query: string): QueryTerm[] {
  return [...query.matchAll(TERM)].map((match) => {
    const [text] = match;
    const qualified = QUALIFIED.exec(text);
    return {
      text,
      from: match.index,
      to: match.index + text.length,
      field: qualified?.[1],
      value: qualified?.[3] ?? text,
    };
  });
}

/** The query with `field:value` in the place of every term of that field; without a value they go. */
export function withTerm(query: string, field: string, value: string | undefined): string {
  const words = termsOf(query);
  const at = words.findIndex((term) => term.field === field);
  const rest = words.filter((term) => term.field !== field).map((term) => term.text);
  if (value !== undefined) rest.splice(at < 0 ? rest.length : at, 0, `${field}:${quoted(value)}`);
  return rest.join(' ');
}

/** The value of a field's first term, without its quotes. */
export function valueOf(query: string, field: string): string | undefined {
  const value = termsOf(query).find((term) => term.field === field)?.value;
  return value === undefined ? undefined : unquoted(value);
}

/** A value that the query language reads as one. */
export function quoted(value: string): string {
  if (/^[\w.@:/*+-]+$/.test(value)) return value;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  return value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}
