import { JOB_STATUSES } from './job-status.js';
import type { NamesSeen } from './ports/job-lists.js';
import { PAYLOAD_PREFIX, SEARCH_FIELDS } from './search-fields.js';

/** Something that may be written in a search text. */
export interface SearchSuggestion {
  /** What the characters from `from` to `to` become. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly note: string | null;
}

const MOST_SUGGESTIONS = 20;

/** What the cursor stands in. */
const VALUE = /(?:^|\s)-?([\p{L}\p{N}_.$-]+|"[^"]*")(:|>=|<=|>|<)((?:[^\s"]|"[^"]*")*,)?([^\s,]*)$/u;
const WORD = /(?:^|\s)-?([^\s:"]*)$/u;

const SPANS = ['5m', '1h', '6h', '1d', '7d', '30d'];

/**
 * Fields, then values: of what is fixed, and of what the ledger has seen. The ledger is asked only where a value of it
 * is wanted.
 */
export async function suggestionsFor(
  text: string,
  at: number,
  namesSeen: () => Promise<NamesSeen>,
): Promise<SearchSuggestion[]> {
  const before = text.slice(0, at);
  const end = at + (/^[^\s,]*/.exec(text.slice(at))?.[0].length ?? 0);
  const value = VALUE.exec(before);
  if (value !== null) {
    const [, field = '', , , begun = ''] = value;
    const known = await valuesOf(field.toLowerCase(), namesSeen);
    return offered(known, begun.replace(/^"/, ''), at - begun.length, end);
  }
  const word = WORD.exec(before);
  if (word === null) return [];
  const [, begun = ''] = word;
  const paths = begun.startsWith(PAYLOAD_PREFIX) ? (await namesSeen()).payloadKeys.filter(isPlainKey) : [];
  const fields = [
    ...SEARCH_FIELDS.map(({ name, operators, takes }) => ({
      text: name === PAYLOAD_PREFIX ? name : `${name}${operators[0] ?? ':'}`,
      note: takes,
    })),
    ...paths.map((key) => ({ text: `${PAYLOAD_PREFIX}${key}:`, note: 'of recent payloads' })),
  ];
  return offered(fields, begun, at - begun.length, end);
}

interface Offer {
  readonly text: string;
  readonly note: string | null;
}

async function valuesOf(field: string, namesSeen: () => Promise<NamesSeen>): Promise<Offer[]> {
  switch (field) {
    case 'status':
      return plain(JOB_STATUSES);
    case 'type':
      return plain((await namesSeen()).types);
    case 'queue':
      return plain((await namesSeen()).queues);
    case 'tag':
      return plain((await namesSeen()).tags);
    case 'worker':
      return plain((await namesSeen()).workers);
    case 'archived':
      return plain(['yes', 'no']);
    case 'age':
    case 'created':
    case 'finished':
      return plain(SPANS);
    default:
      return [];
  }
}

function plain(names: readonly string[]): Offer[] {
  return names.map((name) => ({ text: /[\s",]/.test(name) ? quoted(name) : name, note: null }));
}

function quoted(name: string): string {
  return `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** What begins like it first, then what has it in the middle. */
function offered(known: readonly Offer[], begun: string, from: number, to: number): SearchSuggestion[] {
  const wanted = begun.toLowerCase();
  const places = known.map((offer) => ({ offer, place: offer.text.toLowerCase().indexOf(wanted) }));
  const found = places.filter(({ place }) => place >= 0);
  const inOrder = [...found.filter(({ place }) => place <= 0), ...found.filter(({ place }) => place > 0)];
  return inOrder.slice(0, MOST_SUGGESTIONS).map(({ offer }) => ({ ...offer, from, to }));
}

function isPlainKey(key: string): boolean {
  return /^[\p{L}\p{N}_$-]+$/u.test(key);
}
