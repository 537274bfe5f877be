/** What JSON makes of something that Kyu answers: the same, with instants as ISO 8601 text. */
export type AsJson<Value> = Value extends Date
  ? string
  : Value extends object
    ? { readonly [Key in keyof Value]: AsJson<Value[Key]> }
    : Value;
