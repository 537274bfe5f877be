import type { StatementTemplate } from '../statement.js';

/** Does PostgreSQL answer? Called by: health. Changes nothing. */
export const ping: StatementTemplate = {
  name: 'ping',
  text: () => 'select 1',
};
