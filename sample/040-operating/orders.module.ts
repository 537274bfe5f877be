import { Injectable, Module } from '@nestjs/common';
import { JobHandler, KyuAdmin, KyuProducer, type BulkResult } from 'nestjs-kyu';

/** Payload of `ship_order`. */
export interface Shipment {
  order: { id: number; customer: string };
}

/** What left the warehouse. */
@Injectable()
export class Dock {
  readonly left: number[] = [];
  isOnFire = false;
}

@Injectable()
export class Warehouse {
  constructor(private readonly dock: Dock) {}

  @JobHandler('ship_order', { maxRetries: 0 })
  ship({ order }: Shipment): void {
    if (this.dock.isOnFire) throw new Error('The dock is on fire.');
    this.dock.left.push(order.id);
  }
}

@Injectable()
export class Orders {
  constructor(private readonly kyu: KyuProducer) {}

  async place(id: number, customer: string): Promise<string> {
    const job = await this.kyu.enqueue('ship_order', { order: { id, customer } });
    return job.id;
  }
}

/** What the people at the desk may do. */
@Injectable()
export class Desk {
  constructor(private readonly admin: KyuAdmin) {}

  /** Nothing leaves until `reopen`; what is on its way goes on. */
  async close(actor: string, reason: string): Promise<void> {
    await this.admin.pauseType('ship_order', undefined, { actor, reason });
  }

  async reopen(actor: string): Promise<void> {
    await this.admin.resumeType('ship_order', undefined, { actor });
  }

  /** One sentence for the customer on the phone. */
  async whereIs(jobId: string): Promise<string> {
    const { text } = await this.admin.explain(jobId);
    return text;
  }

  /** Everything of one customer leaves an hour later. */
  async putOff(customer: string, actor: string): Promise<BulkResult> {
    const selection = { type: 'ship_order', payload: { 'order.customer': customer } };
    return this.admin.rescheduleMany(selection, '1h', { actor });
  }

  /** How many shipments failed for good; `sendAgain` is for those. */
  async countLost(): Promise<number> {
    const { matched } = await this.admin.retryMany({ status: 'dead', type: 'ship_order' }, { dryRun: true });
    return matched;
  }

  async sendAgain(actor: string): Promise<BulkResult> {
    return this.admin.retryMany({ status: 'dead', type: 'ship_order' }, { actor, reason: 'the fire is out' });
  }

  /** Who did what, newest first. */
  async diary(): Promise<string[]> {
    const { entries } = await this.admin.audit();
    return entries.map(({ actor, action, affected }) => `${actor}: ${action} (${affected})`);
  }
}

@Module({ providers: [Dock, Warehouse, Orders, Desk], exports: [Orders, Desk] })
export class OrdersModule {}
