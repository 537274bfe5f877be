export interface Selector {
  metric: string;
  /** Names of the labels between the braces. */
  labels: string[];
  /** Names of the functions and aggregations around it, from the inside out. */
  within: string[];
}

export interface PromqlNames {
  selectors: Selector[];
  /** Labels named by `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  groupings: string[];
}

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#[^\n]*|\[[^\]]*\]|[a-zA-Z_:][a-zA-Z0-9_:]*|[\d.]+\w*|\S/g;
const NAME = /^[a-zA-Z_:]/;
const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const OPERATOR = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2', 'inf', 'nan']);

/**
 * The metrics and labels that an expression names. It reads well-formed PromQL only: promtool is there to refuse the rest.
 */
export function readPromql(expression: string): PromqlNames {
  const tokens = (expression.match(TOKEN) ?? []).filter((token) => !token.startsWith('#'));
  const names: PromqlNames = { selectors: [], groupings: [] };
  const around: string[] = [];
  let pending = '';
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    if (token === '(') {
      around.push(pending);
      pending = '';
    } else if (token === ')') {
      around.pop();
    } else if (GROUPING.has(token)) {
      const end = tokens[at + 1] === '(' ? tokens.indexOf(')', at) : at;
      names.groupings.push(...tokens.slice(at, end).filter(isLabelAfter(token)));
      at = end;
    } else if (NAME.test(token) && !OPERATOR.has(token)) {
      if (isCalled(tokens, at)) {
        pending = token;
        continue;
      }
      const end = tokens[at + 1] === '{' ? tokens.indexOf('}', at) : at;
      const matchers = tokens.slice(at + 2, end).filter((part) => NAME.test(part));
      names.selectors.push({ metric: token, labels: matchers, within: around.filter(Boolean).reverse() });
      at = end;
    }
  }
  return names;
}

/** `sum (…)`, and `sum by (…) (…)` as well. */
function isCalled(tokens: string[], at: number): boolean {
  const next = tokens[at + 1] ?? '';
  return next === '(' || next === 'by' || next === 'without';
}

function isLabelAfter(keyword: string): (token: string) => boolean {
  return (token) => NAME.test(token) && token !== keyword;
}
