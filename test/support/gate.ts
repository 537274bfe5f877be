/** A door that handlers wait at until the test opens it. */
export class Gate {
  private open!: () => void; // set by the promise below
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));

  release(): void {
    this.open();
  }
}
