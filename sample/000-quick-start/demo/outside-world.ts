import { PaymentGateway } from '../outside/payment-gateway.js';
import { SmtpSink } from '../outside/smtp-sink.js';
import type { ClosingList } from './closing-list.js';

/** What the shop talks to. It runs in the process of the demo. */
export interface OutsideWorld {
  mail: SmtpSink;
  payments: PaymentGateway;
}

/** @param answerAfterMs how long the payment gateway thinks about each charge */
export async function openOutsideWorld(answerAfterMs: number, closing: ClosingList): Promise<OutsideWorld> {
  const mail = await SmtpSink.start();
  closing.add('the mail server', () => mail.close());
  const payments = await PaymentGateway.start({ answerAfterMs });
  closing.add('the payment gateway', () => payments.close());
  return { mail, payments };
}
