import { describeValue } from '../../core/redact.js';
import { badParameter } from '../refusal.js';
import type { QueryRule } from '../routes/route.js';
import { objectionTo } from '../schemas/check-value.js';

type Values = Record<string, string | number | boolean | undefined>;

/**
 * The query string, by the rules of the route. Read from the URL itself: the frameworks parse it differently.
 * @param isOpen somebody else writes it, such as a provider of logins: what is not known is passed by
 * @throws ApiRefusal
 */
export function readQuery(url: string, rules: Readonly<Record<string, QueryRule>>, isOpen: boolean): Values {
  const start = url.indexOf('?');
  const values: Values = {};
  if (start < 0) return values;
  for (const [name, text] of new URLSearchParams(url.slice(start + 1))) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined && isOpen) continue;
    if (rule === undefined) throw badParameter(unknownParameter(name, Object.keys(rules)));
    if (Object.hasOwn(values, name)) throw badParameter(`${name} is given twice`);
    const value = valueOf(text, rule);
    const objection = objectionTo(value, rule, name);
    if (objection !== undefined) throw badParameter(objection);
    values[name] = value;
  }
  return values;
}

function unknownParameter(name: string, known: readonly string[]): string {
  const allowed = known.length === 0 ? 'none' : known.join(', ');
  return `there is no parameter ${describeValue(name)}; give ${allowed}`;
}

function valueOf(text: string, { type }: QueryRule): string | number | boolean {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
