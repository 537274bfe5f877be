/** A node of a plan as EXPLAIN (FORMAT JSON) writes it; only what the tests read. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  /** Per loop. */
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A statement's plan, together with what running it cost. */
export class Plan {
  private readonly nodes: readonly PlanNode[];

  constructor(private readonly root: PlanNode) {
    this.nodes = flatten(root);
  }

  /** Pages of 8 KiB that were looked at, from the cache or not. */
  get buffers(): number {
    return (this.root['Shared Hit Blocks'] ?? 0) + (this.root['Shared Read Blocks'] ?? 0);
  }

  /** Rows that the statement answered, or that a part of it wrote and read again; of one without an answer, what it wrote. */
  get rows(): number {
    const writes = this.nodes.filter(isWrite);
    const answered = Math.max(...[this.root, ...writes].map((node) => node['Actual Rows'] ?? 0));
    if (answered > 0 || !isWrite(this.root)) return answered;
    return this.root.Plans?.[0]?.['Actual Rows'] ?? 0;
  }

  /** Names of the indexes that are read, each once, in alphabetical order. */
  get indexes(): string[] {
    return [...new Set(this.nodes.flatMap((node) => node['Index Name'] ?? []))].sort();
  }

  /** Tables that are read from end to end. */
  get sequentialScans(): string[] {
    const scans = this.nodes.filter((node) => node['Node Type'].endsWith('Seq Scan'));
    return scans.flatMap((node) => node['Relation Name'] ?? []);
  }

  /** Pairs of rows that were put together only to find that they do not belong together. */
  get comparisonsInVain(): number {
    const perNode = this.nodes.map(
      (node) => (node['Rows Removed by Join Filter'] ?? 0) * (node['Actual Loops'] ?? 1),
    );
    return perNode.reduce((sum, count) => sum + count, 0);
  }

  toString(): string {
    return JSON.stringify(this.root, null, 1);
  }
}

function isWrite(node: PlanNode): boolean {
  return node['Node Type'] === 'ModifyTable';
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
