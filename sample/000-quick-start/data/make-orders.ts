import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Makes orders.csv, the same one every time:
//   node dist/sample/000-quick-start/data/make-orders.js sample/000-quick-start/data/orders.csv

const GOOD_ORDERS = 1_000;
/** The bad line stands after this many good orders. */
const BAD_LINE_AFTER = 613;
const HEADER = ['order_no', 'customer', 'email', 'amount_cents', 'currency', 'card', 'note'];

const NAMES: readonly (readonly [readonly string[], readonly string[], string])[] = [
  [
    ['Zoë', 'François', 'Søren', 'Żaneta', 'Þóra', 'Nguyễn'],
    ['Müller', 'Łukasiewicz', 'Ångström', 'Muñoz', 'Ðorđević'],
    ' ',
  ],
  [
    ['Ada', 'Grace', 'Noor', 'Tunde', 'Ines'],
    ["O'Neill", 'van der Berg', 'Adeyemi', 'Smith-Jones', "D'Angelo"],
    ' ',
  ],
  [['Ελένη', 'Γιώργος', 'Δήμητρα'], ['Παπαδοπούλου', 'Νικολαΐδης', 'Ωνάση'], ' '],
  [['Ольга', 'Юрий', 'Любовь'], ['Щербакова', 'Ёлкин', 'Цой'], ' '],
  [['שרה', 'דוד', 'נועה'], ['כהן', 'לוי', 'בן־גוריון'], ' '],
  [['ليلى', 'يوسف', 'فاطمة'], ['الحسن', 'المصري', 'بن علي'], ' '],
  [['王', '李', '歐陽'], ['小明', '雪', '志強'], ''],
  [['佐藤', '鈴木', '渡邊'], ['さくら', 'ケンジ', '花子'], ' '],
  [['김', '이', '박'], ['민준', '서연', '지우'], ''],
  [['आरव', 'प्रिया', 'लक्ष्मी'], ['शर्मा', 'पटेल', 'श्रीवास्तव'], ' '],
];

const NOTES = [
  '',
  '',
  '',
  '',
  '',
  '',
  'Gift wrap, please',
  'Leave it at the door',
  'Ring twice, then wait',
  'Bitte "vorsichtig" behandeln',
  'First floor\nsecond door on the left',
  'Für Oma 🎂',
  'العنوان: شارع النيل ١٢',
  '請放在門口，謝謝',
  'Semicolon; tab\tand comma,',
];

const CURRENCIES = ['EUR', 'EUR', 'EUR', 'EUR', 'USD', 'USD', 'GBP', 'JPY', 'INR', 'ILS', 'KRW'];
const CARDS = ['card_visa_4242', 'card_master_4444', 'card_amex_0005'];
const MAIL_DOMAINS = ['mail.example', 'post.example', 'correo.example'];

/** Orders like those that have broken somebody's shop before, by number. */
const AWKWARD: Readonly<Record<number, Partial<Record<string, string>>>> = {
  3: { customer: 'Jo "The Hammer" Kowalski', note: 'She said: "no nuts"' },
  17: { customer: "Robert'); DROP TABLE shop_orders;--" },
  29: { customer: '<script>alert("paid")</script> & Sons' },
  41: { customer: 'Line\nBreak', note: 'The customer pressed Enter\n\ntwice' },
  58: { customer: '🦄 Unicorns & Co. 👩‍👩‍👧‍👦' },
  77: { customer: '=HYPERLINK("http://evil.example","click")' },
  96: { customer: `${'Wolfeschlegelsteinhausenbergerdorff '.repeat(9)}the Ninth` },
  118: { customer: 'e\u0301 is not é until you normalise it' },
  120: { email: 'gone@nowhere.example' },
  140: { email: 'δοκιμή@παράδειγμα.example' },
  163: { email: 'first.last+orders@mail.example', note: ',,,' },
  187: { customer: '‏שלום‎ mixed עם English' },
  210: { customer: 'X', amount_cents: '1' },
  244: { amount_cents: '2147483647', currency: 'KRW' },
  281: { customer: 'null', note: 'undefined' },
  390: { email: 'moved@nowhere.example' },
  877: { email: 'never@nowhere.example' },
};

/** Every 125th order is paid with the card that the gateway never takes. */
const REFUSED_CARD_EVERY = 125;

/** The whole file as text, the same at every call. */
export function makeOrdersFile(): string {
  const random = randomNumbers(2_026);
  const lines = [HEADER];
  for (let index = 1; index <= GOOD_ORDERS; index += 1) {
    lines.push(orderLine(index, random));
    if (index === BAD_LINE_AFTER) {
      lines.push([
        'S-BAD',
        'Somebody Hasty',
        'hasty@mail.example',
        'twelve euros',
        'EUR',
        'card_visa_4242',
        '',
      ]);
    }
  }
  return `${lines.map((fields) => fields.map(quoted).join(',')).join('\n')}\n`;
}

function orderLine(index: number, random: () => number): string[] {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!; // no list is empty
  const orderNo = `S-${String(index).padStart(5, '0')}`;
  const [givenNames, familyNames, between] = pick(NAMES);
  const ordinary: Record<string, string> = {
    order_no: orderNo,
    customer: `${pick(givenNames)}${between}${pick(familyNames)}`,
    email: random() < 0.03 ? '' : `${orderNo.toLowerCase()}@${pick(MAIL_DOMAINS)}`,
    amount_cents: String(199 + Math.floor(random() ** 3 * 250_000)),
    currency: pick(CURRENCIES),
    card: index % REFUSED_CARD_EVERY === 0 ? 'card_always_refused' : pick(CARDS),
    note: pick(NOTES),
  };
  const order = { ...ordinary, ...AWKWARD[index] };
  return HEADER.map((column) => order[column] ?? '');
}

function quoted(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** A small generator of numbers in [0, 1) (mulberry32): the same seed, the same numbers. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const [, script, target] = process.argv;
if (script === fileURLToPath(import.meta.url) && target !== undefined)
  writeFileSync(target, makeOrdersFile());
