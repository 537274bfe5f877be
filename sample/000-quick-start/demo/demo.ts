import { account } from './accounting.js';
import type { ClosingList } from './closing-list.js';
import type { DemoArguments } from './demo-arguments.js';
import { seconds } from './readable.js';
import { makeRunFolder } from './run-folder.js';
import { openScene } from './scene.js';
import type { Screen } from './screen.js';
import { serveUntilInterrupted } from './serve.js';
import { showSummary } from './summary.js';
import { describeSurvey, surveyOrders } from './survey-orders.js';
import { doTheWork } from './work.js';

export interface DemoOptions {
  asked: DemoArguments;
  screen: Screen;
  closing: ClosingList;
  /** Aborts when the demo has to end before its time. */
  stop: AbortController;
}

/** The demo from its first line to its last, without the tidying up. True when every job is accounted for. */
export async function runDemo({ asked, closing, screen, stop }: DemoOptions): Promise<boolean> {
  const { chaos, ordersPath, serve } = asked;
  const { signal } = stop;
  const survey = await surveyOrders(ordersPath);
  const folder = await makeRunFolder(asked.folder);
  screen.say(describeSurvey(ordersPath, survey));
  screen.say(`Logs and the report go to ${folder}`);

  const beganAtMs = performance.now();
  const scene = await openScene({ ...asked, ...survey, folder, screen, closing, stop });
  const { client, ledger, outside, shop, stores } = scene;
  screen.say(`${shop.describe()}: healthy after ${seconds(performance.now() - beganAtMs)}`);

  const { desk, faults } = await doTheWork(scene, { ordersPath, survey, chaos, screen, signal });

  const figures = await ledger.figures();
  const counts = { letters: outside.mail.counts(), charges: outside.payments.counts() };
  const accepted = { process_payment: desk.placed, send_email: desk.withEmail, generate_report: 1 };
  const accounting = account(accepted, figures, counts);
  showSummary(screen, { ledger: figures, outside: counts, desk, faults, accounting });
  if (serve) {
    const [reportFile] = figures.reportFiles;
    await serveUntilInterrupted({ client, shop, stores, ordersPath, reportFile, screen, signal });
  }
  return accounting.problems.length === 0;
}
