import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Ctx, DiscardJob, JobHandler, Payload, type JobContext } from 'nestjs-kyu';
import { Repository } from 'typeorm';
import type { ProcessPayment } from '../jobs.js';
import { Order } from '../orders/order.entity.js';
import { PaymentGatewayClient } from './payment-gateway.client.js';

/** Takes the money for an order. */
@Injectable()
export class PaymentsService {
  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    private readonly gateway: PaymentGatewayClient,
  ) {}

  // A gateway that hiccups is usually back within a second, so the first retry comes after 200 ms: 200, 400, 800.
  @JobHandler('process_payment', {
    concurrency: 10,
    timeout: '10s',
    maxRetries: 3,
    backoff: { strategy: 'exponential', base: '200ms' },
  })
  async charge(
    @Payload() payment: ProcessPayment,
    @Ctx() job: JobContext<ProcessPayment>,
  ): Promise<{ chargeId: string }> {
    const order = await this.orders.findOneBy({ id: payment.orderId });
    if (!order) throw new DiscardJob(`Order ${payment.orderId} does not exist.`);

    // The job may run twice (the process may die between these two lines). The job's id stays the same in every
    // run, so the gateway recognises the second charge and takes no money for it.
    const { chargeId } = await this.gateway.charge(order, job.id, job.signal);
    await this.orders.update({ id: order.id }, { paidAt: () => 'now()', chargeId });
    return { chargeId };
  }
}
