import { readOrders } from '../outside/orders-file.js';
import { count, countOf } from './readable.js';

/** What a file of orders holds. */
export interface OrdersSurvey {
  orders: number;
  /** Jobs that the orders make, if the shop knows none of them yet. */
  jobs: number;
  badLines: number;
}

/**
 * Reads the file once before anything is started: a file that cannot be read should not cost a minute, and a progress
 * bar needs an end.
 * @throws Error when the file cannot be read, or holds no order
 */
export async function surveyOrders(path: string): Promise<OrdersSurvey> {
  const survey = await countOrders(path).catch((error: Error) => {
    throw new Error(`The orders in ${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (survey.orders > 0) return survey;
  throw new Error(`${path} holds no order that can be used (${countOf(survey.badLines, 'bad line')}).`);
}

async function countOrders(path: string): Promise<OrdersSurvey> {
  const survey: OrdersSurvey = { orders: 0, jobs: 0, badLines: 0 };
  for await (const { email } of readOrders(path, () => (survey.badLines += 1))) {
    survey.orders += 1;
    // A payment, and a letter for those who gave an address.
    survey.jobs += email === null ? 1 : 2;
  }
  return survey;
}

export function describeSurvey(path: string, { badLines, orders }: OrdersSurvey): string {
  const bad = badLines === 0 ? '' : `, ${count(badLines)} of its lines cannot be used`;
  return `${countOf(orders, 'order')} in ${path}${bad}`;
}
