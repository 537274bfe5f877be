import type { LinePlace } from '../core/claim-order.js';
import type { Claim, Room } from '../core/claim.js';
import type { JobId, QueuedHint } from '../core/job.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { Settlement } from '../core/settlement.js';
import type { RunPermit } from './run-permit.js';
import type { SimulatedProcesses } from './simulated-processes.js';

/** The worker's door of a test application: it opens only for the testbed, and some of those who enter never return. */
export class TestRunLedger implements RunLedger {
  constructor(
    private readonly ledger: RunLedger,
    private readonly permit: RunPermit,
    private readonly processes: SimulatedProcesses,
  ) {}

  async claimById(
    workerId: string,
    queue: string,
    types: readonly string[],
    ids: readonly JobId[],
  ): Promise<Claim[]> {
    const allowed = ids.slice(0, this.permit.left);
    if (allowed.length === 0) return [];
    // Those who took the ids knew how much room there was.
    const rooms = types.map((type) => ({ type, size: allowed.length }));
    const doomed = await this.claimDoomed(rooms, async (doomedId, type) => {
      for (const id of allowed) {
        const claims = await this.ledger.claimById(doomedId, queue, [type], [id]);
        if (claims.length > 0) return claims;
      }
      return [];
    });
    return this.counted([...doomed, ...(await this.ledger.claimById(workerId, queue, types, allowed))]);
  }

  async claimByQueue(
    workerId: string,
    queue: string,
    rooms: readonly Room[],
    limit: number,
    after?: LinePlace,
  ): Promise<Claim[]> {
    const most = Math.min(limit, this.permit.left);
    if (most === 0) return [];
    const doomed = await this.claimDoomed(rooms, (doomedId, type) =>
      this.ledger.claimByQueue(doomedId, queue, [{ type, size: 1 }], 1, after),
    );
    const others = rooms.map((room) => roomBeside(room, doomed)).filter(({ size }) => size > 0);
    const left = Math.max(0, most - doomed.length);
    const living = await this.ledger.claimByQueue(workerId, queue, others, left, after);
    return this.counted([...doomed, ...living]);
  }

  async settle(settlements: readonly Settlement[]): Promise<Settlement[]> {
    const surviving: Settlement[] = [];
    for (const settlement of settlements) {
      if (await this.processes.diesBeforeSettling(settlement.claim.workerId)) continue;
      surviving.push(settlement);
    }
    return surviving.length === 0 ? [] : this.ledger.settle(surviving);
  }

  handBackUnheard(
    workerId: string,
    queues: readonly string[],
    known: readonly JobId[],
  ): Promise<QueuedHint[]> {
    return this.ledger.handBackUnheard(workerId, queues, known);
  }

  reportProgress(claim: Claim, percent: number, note: string | null): Promise<boolean> {
    return this.ledger.reportProgress(claim, percent, note);
  }

  private async claimDoomed(
    rooms: readonly Room[],
    claimOne: (workerId: string, type: string) => Promise<Claim[]>,
  ): Promise<Claim[]> {
    const claims: Claim[] = [];
    for (const { type, size } of rooms) {
      for (let left = Math.min(size, this.permit.left - claims.length); left > 0; left -= 1) {
        if (!this.processes.isCrashPlanned(type)) break;
        const workerId = await this.processes.standIn();
        const claimed = await claimOne(workerId, type);
        if (claimed.length === 0) break;
        await this.processes.hasBegun(workerId, type);
        claims.push(...claimed);
      }
    }
    return claims;
  }

  private counted(claims: Claim[]): Claim[] {
    this.permit.use(claims.length);
    return claims;
  }
}

/** The doomed runs happen in this process as well, so they use its room. */
function roomBeside(room: Room, doomed: readonly Claim[]): Room {
  return { ...room, size: room.size - doomed.filter((claim) => claim.type === room.type).length };
}
