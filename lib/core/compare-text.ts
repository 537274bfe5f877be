/** The order of text by its code units, as PostgreSQL has it with the collation `C`: for `sort`. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
