import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Settings } from '../settings.js';

/** What the shop wants to be paid. */
export interface Charge {
  orderNo: string;
  card: string;
  amountCents: number;
  currency: string;
}

/** The gateway's word that it was paid. */
export interface Receipt {
  chargeId: string;
}

/** The card will not be charged, now or later. */
export class CardRefusedError extends Error {
  override readonly name = 'CardRefusedError';
}

/** The gateway could not answer this time. */
export class GatewayUnavailableError extends Error {
  override readonly name = 'GatewayUnavailableError';
}

/** Speaks to the payment gateway over HTTP. */
@Injectable()
export class PaymentGatewayClient {
  private readonly chargesUrl: URL;

  constructor(config: ConfigService<Settings, true>) {
    this.chargesUrl = new URL('/charges', config.get('PAYMENTS_URL', { infer: true }));
  }

  /**
   * Charges a card.
   * @param idempotencyKey the same key again is answered with the same receipt, and charges nothing
   * @param signal gives up waiting for the answer
   * @throws CardRefusedError, GatewayUnavailableError
   */
  async charge(charge: Charge, idempotencyKey: string, signal: AbortSignal): Promise<Receipt> {
    const response = await fetch(this.chargesUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(charge),
      signal,
    });
    if (response.ok) return (await response.json()) as Receipt;

    const reason = `The payment gateway answered ${response.status} for order ${charge.orderNo}: ${await response.text()}`;
    throw response.status === 402 ? new CardRefusedError(reason) : new GatewayUnavailableError(reason);
  }
}
