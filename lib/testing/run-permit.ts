/** How many jobs the workers may claim at this moment: outside the testbed's own calls none, so nothing runs by itself. */
export class RunPermit {
  private claimsLeft = 0;

  get left(): number {
    return this.claimsLeft;
  }

  grant(claims: number): void {
    this.claimsLeft = claims;
  }

  use(claims: number): void {
    this.claimsLeft = Math.max(0, this.claimsLeft - claims);
  }

  withdraw(): void {
    this.claimsLeft = 0;
  }
}
