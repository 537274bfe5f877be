import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateShopOrders1763800000000 implements MigrationInterface {
  readonly name = 'CreateShopOrders1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create schema if not exists shop');
    await queryRunner.query(`
      create table shop.shop_orders (
        id           uuid primary key default gen_random_uuid(),
        order_no     text not null unique,
        customer     text not null,
        email        text,
        amount_cents integer not null check (amount_cents > 0),
        currency     text not null check (currency ~ '^[A-Z]{3}$'),
        card         text not null,
        note         text,
        created_at   timestamptz not null default now(),
        paid_at      timestamptz,
        charge_id    text
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table shop.shop_orders');
    await queryRunner.query('drop schema shop');
  }
}
