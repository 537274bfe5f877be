/** Being written. */
export class Admin<Transaction> {
  constructor(
    protected readonly parts: object & { inspection: { find: (id: string, t?: Transaction) => unknown } },
  ) {}
}
