import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One order of the shop. The table is made by a migration, see create-shop-orders.migration.ts. */
@Entity({ schema: 'shop', name: 'shop_orders' })
export class Order {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column({ name: 'order_no', type: 'text', unique: true })
  orderNo!: string;

  @Column({ type: 'text' })
  customer!: string;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  /** In the smallest unit of the currency. */
  @Column({ name: 'amount_cents', type: 'integer' })
  amountCents!: number;

  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'text' })
  card!: string;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column({ name: 'paid_at', type: 'timestamptz', nullable: true })
  paidAt!: Date | null;

  /** What the payment gateway calls the charge. */
  @Column({ name: 'charge_id', type: 'text', nullable: true })
  chargeId!: string | null;
}
