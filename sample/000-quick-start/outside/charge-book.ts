import { createHash } from 'node:crypto';
import { z } from 'zod';

export interface ChargeBookOptions {
  /** One order in so many meets a 503 at its first try; 0: none does. */
  failEvery?: number;
  /** Another seed, other unlucky orders; the same seed, the same ones. */
  seed?: string;
}

export interface GatewayCounts {
  /** Every `POST /charges` that arrived. */
  requests: number;
  /** Money was taken. */
  charged: number;
  /** The same charge again, with the same key: answered as before, no money taken. */
  repeated: number;
  /** Answered with 503. */
  unavailable: number;
  /** Answered with 402. */
  refused: number;
  /** Money was taken under another key for an order that was paid before. Should stay 0. */
  chargedTwice: number;
}

export interface GatewayAnswer {
  status: number;
  chargeId?: string;
  error?: string;
}

/** This card is refused today, tomorrow and for ever. */
export const REFUSED_CARD = 'card_always_refused';

const chargeSchema = z.object({
  orderNo: z.string().min(1),
  card: z.string().min(1),
  amountCents: z.int().positive(),
  currency: z.string().length(3),
});

type Charge = z.infer<typeof chargeSchema>;

interface Entry {
  charge: string;
  chargeId: string;
}

/** What the gateway decides and remembers, without the HTTP around it. */
export class ChargeBook {
  private readonly failEvery: number;
  private readonly seed: string;
  private readonly entries = new Map<string, Entry>();
  private readonly triedOrders = new Set<string>();
  private readonly paidOrders = new Set<string>();
  private readonly tally: GatewayCounts = {
    requests: 0,
    charged: 0,
    repeated: 0,
    unavailable: 0,
    refused: 0,
    chargedTwice: 0,
  };

  constructor({ failEvery = 10, seed = 'kyu' }: ChargeBookOptions = {}) {
    this.failEvery = failEvery;
    this.seed = seed;
  }

  counts(): GatewayCounts {
    return { ...this.tally };
  }

  /** Takes a charge, or says why not. */
  enter(idempotencyKey: string, body: unknown): GatewayAnswer {
    this.tally.requests += 1;
    if (idempotencyKey === '') return { status: 400, error: 'The header Idempotency-Key is missing.' };
    const parsed = chargeSchema.safeParse(body);
    if (!parsed.success) return { status: 400, error: z.prettifyError(parsed.error) };
    return (
      this.repeat(idempotencyKey, parsed.data) ??
      this.refuse(parsed.data) ??
      this.take(idempotencyKey, parsed.data)
    );
  }

  private repeat(key: string, charge: Charge): GatewayAnswer | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.charge !== JSON.stringify(charge)) {
      return { status: 422, error: 'This Idempotency-Key was used for another charge.' };
    }
    this.tally.repeated += 1;
    return { status: 200, chargeId: entry.chargeId };
  }

  private refuse(charge: Charge): GatewayAnswer | undefined {
    if (charge.card === REFUSED_CARD) {
      this.tally.refused += 1;
      return { status: 402, error: 'The card was refused.' };
    }
    const isFirstTry = !this.triedOrders.has(charge.orderNo);
    this.triedOrders.add(charge.orderNo);
    if (!isFirstTry || !this.isUnlucky(charge.orderNo)) return undefined;
    this.tally.unavailable += 1;
    return { status: 503, error: 'The gateway is busy. Try again.' };
  }

  private take(key: string, charge: Charge): GatewayAnswer {
    const chargeId = `charge_${this.entries.size + 1}`;
    this.entries.set(key, { charge: JSON.stringify(charge), chargeId });
    this.tally.charged += 1;
    if (this.paidOrders.has(charge.orderNo)) this.tally.chargedTwice += 1;
    this.paidOrders.add(charge.orderNo);
    return { status: 201, chargeId };
  }

  // Drawn from the order's number and not from a die: every run of the sample meets the same weather.
  private isUnlucky(orderNo: string): boolean {
    if (this.failEvery === 0) return false;
    const digest = createHash('sha256').update(`${this.seed}:${orderNo}`).digest();
    return digest.readUInt32BE(0) % this.failEvery === 0;
  }
}
