import { MOST_JOB_TYPES, OTHER_JOB_TYPES } from './metric-catalogue.js';

/**
 * Names as values of a label: the first so many stand for themselves, later ones are counted together. Names are made
 * by users, and a user who makes one up for every job must not fill the memory, here or in the store of the metrics.
 */
export class BoundedNames {
  private readonly known = new Set<string>();

  constructor(
    private readonly most: number = MOST_JOB_TYPES,
    private readonly other: string = OTHER_JOB_TYPES,
  ) {}

  of(name: string): string {
    if (this.known.has(name)) return name;
    if (this.known.size >= this.most) return this.other;
    this.known.add(name);
    return name;
  }
}
