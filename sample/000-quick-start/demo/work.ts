import { placeOrders, type DeskResult } from '../outside/order-desk.js';
import { makeChaos } from './chaos/make-chaos.js';
import type { Fault } from './chaos/fault.js';
import { followJobs } from './progress.js';
import { seconds } from './readable.js';
import type { Scene } from './scene.js';
import type { Screen } from './screen.js';
import type { OrdersSurvey } from './survey-orders.js';

export interface WorkRequest {
  ordersPath: string;
  /** What the file of orders holds. */
  survey: OrdersSurvey;
  chaos: boolean;
  screen: Screen;
  signal: AbortSignal;
}

/** What was put into the shop, and what was done to it. */
export interface WorkDone {
  desk: DeskResult;
  faults: Fault[];
}

const REPORTS = 1;
const REPORT_AFTER_SECONDS = 2;

/** Places the orders, waits until their jobs have ended, then has a report written about them. */
export async function doTheWork(scene: Scene, request: WorkRequest): Promise<WorkDone> {
  const { chaos, ordersPath, screen, signal, survey } = request;
  const startedAtMs = performance.now();
  const elapsedMs = () => performance.now() - startedAtMs;
  const say = (line: string) => screen.say(`${seconds(elapsedMs()).padStart(7)}  ${line}`);
  let expectedJobs = survey.jobs + REPORTS;
  const follow = (isMoreToCome: () => boolean) =>
    followJobs({ ...scene, screen, signal, elapsedMs, expectedJobs: () => expectedJobs, isMoreToCome });

  const placing = async () => {
    const desk = await placeOrders({ apiUrl: scene.shop.apiUrl, path: ordersPath, signal });
    // Orders that the shop had before make no jobs.
    expectedJobs = desk.placed + desk.withEmail + REPORTS;
    return desk;
  };
  const hurting = async () =>
    chaos ? makeChaos({ ...scene, orders: survey.orders, say, signal }, scene.stores) : [];
  const [desk, faults] = await whileFollowed(Promise.all([placing(), hurting()]), follow);

  await scene.client.planReport(REPORT_AFTER_SECONDS);
  await follow(() => false);
  screen.endProgress();
  return { desk, faults };
}

/** Follows the jobs until whatever adds to them is over, and they have ended as well. */
async function whileFollowed<Result>(
  adding: Promise<Result>,
  follow: (isMoreToCome: () => boolean) => Promise<void>,
): Promise<Result> {
  let isOver = false;
  const noticed = adding.then((result) => {
    isOver = true;
    return result;
  });
  const [result] = await Promise.all([noticed, follow(() => !isOver)]);
  return result;
}
