import { z } from 'zod';

const LARGEST_INTEGER_OF_POSTGRES = 2_147_483_647;

// PostgreSQL cannot store the character NUL, and U+FFFD says that the text was no UTF-8 to begin with.
const text = (longest: number) =>
  z
    .string('is missing')
    .trim()
    .min(1, 'is empty')
    .max(longest, `is longer than ${longest} characters`)
    .refine((value) => !/[\0\uFFFD]/.test(value), 'holds characters that are not valid UTF-8 text');

const optionalText = (longest: number) =>
  z
    .union([z.literal('').transform(() => null), text(longest)])
    .nullable()
    .default(null);

/** An order as it arrives from outside, by HTTP or in a file. */
export const orderInputSchema = z.object({
  orderNo: text(40),
  customer: text(500),
  email: optionalText(320),
  /** In the smallest unit of the currency. */
  amountCents: z
    .int('is not a whole number')
    .positive('is not above 0')
    .max(LARGEST_INTEGER_OF_POSTGRES, 'is too large'),
  currency: z.string('is missing').regex(/^[A-Z]{3}$/, 'is not a currency code of three capital letters'),
  /** A name that the payment gateway knows the card by. A shop never keeps the card's number. */
  card: text(60),
  note: optionalText(2_000),
});

export type OrderInput = z.infer<typeof orderInputSchema>;
