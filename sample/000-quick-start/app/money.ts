/**
 * An amount for people: `formatMoney(1999, 'EUR')` reads `€19.99`, `formatMoney(1999, 'JPY')` reads `¥1,999`.
 * @param amountCents in the smallest unit of the currency, which is not a hundredth everywhere
 */
export function formatMoney(amountCents: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountCents / 10 ** digits);
}
