import type { StatementTemplate } from '../../lib/ledger/statement.js';

/** A statement with something wrong in it, for tests that show that a test can see. */
export function editedStatement(
  template: StatementTemplate,
  flaw: string,
  remove: string,
  insert: string,
): StatementTemplate {
  return {
    name: `${template.name} ${flaw}`,
    text: (tables) => {
      const text = template.text(tables);
      if (!text.includes(remove)) throw new Error(`${template.name} does not hold "${remove}" any more.`);
      return text.replace(remove, insert);
    },
  };
}
