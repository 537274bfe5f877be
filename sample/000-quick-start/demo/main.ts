import { ClosingList } from './closing-list.js';
import { ArgumentMistake, HELP, readArguments, type DemoArguments } from './demo-arguments.js';
import { runDemo } from './demo.js';
import { Interruption, onInterruption } from './interruption.js';
import { openScreen, type Screen } from './screen.js';
import { pause } from './wait-until.js';

// `npm run demo`: see HELP in demo-arguments.ts, or run it with --help.
const FINE = 0;
const WRONG = 1;
const MISTAKE = 2;

/** A process that dies shows as a failed request first: its own last words say more. */
const NEWS_OF_DEATH_MS = 500;

process.exitCode = await main(process.argv.slice(2));

async function main(given: readonly string[]): Promise<number> {
  try {
    const asked = readArguments(given);
    if (!asked.help) return await demonstrate(asked);
    console.log(HELP);
    return FINE;
  } catch (error) {
    if (!(error instanceof ArgumentMistake)) throw error;
    console.error(`${error.message} See npm run demo -- --help`);
    return MISTAKE;
  }
}

async function demonstrate(asked: DemoArguments): Promise<number> {
  const screen = openScreen(process.stdout, process.env);
  const closing = new ClosingList();
  const stop = new AbortController();
  onInterruption((interruption) => {
    screen.endProgress();
    screen.say(`${interruption.signal}: everything is being stopped`);
    stop.abort(interruption);
  });
  try {
    return (await runDemo({ asked, screen, closing, stop })) ? FINE : WRONG;
  } catch (error) {
    await pause(NEWS_OF_DEATH_MS, stop.signal).catch(() => {});
    stop.abort(error); // changes nothing when the end has a reason already
    return explain(stop.signal.reason, screen);
  } finally {
    screen.endProgress();
    await closing.closeAll((name, error) => complain(`${name} could not be closed: ${textOf(error)}`));
  }
}

function explain(reason: unknown, screen: Screen): number {
  if (reason instanceof Interruption) return reason.exitCode;
  screen.endProgress();
  complain(textOf(reason));
  return WRONG;
}

function complain(text: string): void {
  console.error(`demo: ${text}`);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says no more than "fetch failed"; what failed is in its cause.
  return error.cause instanceof Error && error.message === 'fetch failed'
    ? error.cause.message
    : error.message;
}
