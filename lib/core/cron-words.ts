import { toString as wordsOf } from 'cronstrue';

/** A cron expression in words: `At 07:30, Monday through Friday`. The only file that knows which library does it. */
export function cronInWords(expression: string): string {
  try {
    return wordsOf(expression, { use24HourTimeFormat: true });
  } catch {
    // What can be run can always be shown, if need be as it is written.
    return expression;
  }
}
