import { describe, expect, it } from 'vitest';
import { filesBelow, readSource } from '../support/sources/module-graph.js';

/** One word, one meaning: what each of these is called here instead. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\btasks?\b/, 'job'],
  [/\bmessage (?:queue|broker|bus|handler|id|type)s?\b/, 'queue, handler, job id, job type'],
  [/\bbrokers?\b/, 'ledger or dispatcher'],
  [/\bprocessors?\b/, 'handler or worker'],
  [/\bconsumers?\b/, 'worker'],
  [/\block tokens?\b/, 'fence'],
  [/\block keys?\b/, 'fence'],
  [/\bn?ack(?:s|ed|ing|nowledge|nowledged|nowledgement)?\b/, 'settle'],
  [/\bdequeue[sd]?\b/, 'claim'],
  [/\bvisibility timeout\b/, 'lease'],
  [/\bdead ?letters?(?: queue)?\b/, 'dead jobs'],
];

/** The same word for something else. An entry that is not needed any more fails. */
const ALLOWED: readonly { readonly file: string; readonly text: string; readonly because: string }[] = [
  {
    file: 'lib/handlers/interceptor-chain.ts',
    text: "Nest's own consumer",
    because: 'Nest calls it InterceptorsConsumer',
  },
  {
    file: 'lib/observability/otel/job-spans.ts',
    text: 'SpanKind.CONSUMER',
    because: 'OpenTelemetry calls it so',
  },
  { file: 'lib/testing/event-loop.ts', text: 'the processor', because: 'it is that of the machine' },
];

/** Where a text breaks the rule: the word, and what to say instead. */
function slipsIn(file: string, text: string): string[] {
  const allowed = ALLOWED.filter((entry) => entry.file === file).map((entry) => entry.text);
  const rest = allowed.reduce((left, phrase) => left.replaceAll(phrase, ''), text);
  return rest.split('\n').flatMap((line, index) =>
    FORBIDDEN.flatMap(([word, instead]) => {
      const found = word.exec(wordsOf(line))?.[0];
      return found === undefined
        ? []
        : [`${file}:${index + 1} says "${found}"; here it is called: ${instead}`];
    }),
  );
}

/** Names are read word by word: `messageQueue`, `lock_token` and `ACK` are no way around. */
function wordsOf(line: string): string {
  return line
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();
}

const files = [...filesBelow('lib', '.ts'), ...filesBelow('lib', '.lua'), ...filesBelow('migrations', '.ts')];

describe('the words of the house', () => {
  it('are the same everywhere in the library', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => [...slipsIn(file, file), ...slipsIn(file, readSource(file))])).toEqual([]);
  });

  it.each(ALLOWED)('are needed otherwise in $file, because $because', ({ file, text }) => {
    expect(readSource(file)).toContain(text);
  });

  it.each([
    ['class TaskRunner {}', 'task'],
    ['const emailTasks = [];', 'tasks'],
    ['// the consumer takes it', 'consumer'],
    ['where lock_token = $1', 'lock token'],
    ['await this.ack(job)', 'ack'],
    ['const ACK = 1;', 'ack'],
    ['readonly messageQueue: string;', 'message queue'],
    ['jobProcessor.start()', 'processor'],
  ])('would not allow "%s"', (text, word) => {
    expect(slipsIn('lib/planted.ts', text)).toEqual([expect.stringContaining(`"${word}"`)]);
  });

  it.each(['const message = error.message;', 'multitasking', 'backlog', 'package', 'stack'])(
    'allow "%s"',
    (text) => {
      const slips = slipsIn('lib/planted.ts', text);
      expect(slips).toEqual([]);
    },
  );
});
