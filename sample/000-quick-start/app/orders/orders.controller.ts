import { Body, ConflictException, Controller, Get, Post, StandardSchemaValidationPipe } from '@nestjs/common';
import { KyuProducer } from 'nestjs-kyu';
import { DataSource, IsNull, QueryFailedError } from 'typeorm';
import type { ProcessPayment, SendEmail } from '../jobs.js';
import { orderInputSchema, type OrderInput } from './order-input.js';
import { Order } from './order.entity.js';

const UNIQUE_VIOLATION = '23505';

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly kyu: KyuProducer,
    private readonly dataSource: DataSource,
  ) {}

  @Post()
  async place(
    @Body({ schema: orderInputSchema, pipes: [StandardSchemaValidationPipe] }) input: OrderInput,
  ): Promise<{ orderId: string }> {
    const order = await this.saveWithPayment(input);
    await this.confirmByEmail(order);
    return { orderId: order.id };
  }

  @Get('summary')
  async summary(): Promise<{ orders: number; paid: number; unpaid: number }> {
    const [orders, unpaid] = await Promise.all([
      this.dataSource.manager.count(Order),
      this.dataSource.manager.countBy(Order, { paidAt: IsNull() }),
    ]);
    return { orders, paid: orders - unpaid, unpaid };
  }

  /** One transaction: the payment job exists if the order does, and neither exists without the other. */
  private async saveWithPayment(input: OrderInput): Promise<Order> {
    try {
      return await this.dataSource.transaction(async (manager) => {
        const order = await manager.save(manager.create(Order, input));
        const payment: ProcessPayment = { orderId: order.id };
        await this.kyu.enqueue('process_payment', payment, { manager, priority: 10 });
        return order;
      });
    } catch (error) {
      throw isTaken(error) ? new ConflictException(`Order ${input.orderNo} was placed before.`) : error;
    }
  }

  /** After the transaction: the order is placed whether or not anybody can be told. */
  private async confirmByEmail(order: Order): Promise<void> {
    if (order.email === null) return;
    const { orderNo, customer, amountCents, currency } = order;
    const mail: SendEmail = { to: order.email, orderNo, customer, amountCents, currency };
    await this.kyu.enqueue('send_email', mail, { priority: 5 });
  }
}

function isTaken(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  return (error.driverError as { code?: string }).code === UNIQUE_VIOLATION;
}
