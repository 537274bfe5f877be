interface Entry {
  name: string;
  close: () => Promise<void>;
}

/** What was opened, so that all of it is closed again: the last first, each even if another one fails. */
export class ClosingList {
  private readonly entries: Entry[] = [];

  add(name: string, close: () => Promise<void>): void {
    this.entries.push({ name, close });
  }

  /** Closes what is open; a second call finds nothing left. */
  async closeAll(onFailure: (name: string, error: unknown) => void): Promise<void> {
    for (let entry = this.entries.pop(); entry !== undefined; entry = this.entries.pop()) {
      try {
        await entry.close();
      } catch (error) {
        onFailure(entry.name, error);
      }
    }
  }
}
