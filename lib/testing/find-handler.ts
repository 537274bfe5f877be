import { nearestName } from '../core/near-miss.js';
import type { Handler, HandlerTable } from '../core/ports/handler-table.js';

/** @throws Error that names the handlers there are */
export function handlerOf(handlers: HandlerTable | undefined, type: string): Handler {
  const found = handlers?.find(type);
  if (found !== undefined) return found;
  const types = handlers?.all().map((handler) => handler.type) ?? [];
  const nearest = nearestName(type, types);
  const known = types.length === 0 ? 'There are none' : `There are: ${types.join(', ')}`;
  throw new Error(
    `No handler of "${type}" was found. ${nearest === undefined ? '' : `Did you mean "${nearest}"? `}${known}. ` +
      'Is the class that holds it a provider of a module that is imported?',
  );
}
