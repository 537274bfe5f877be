import type { SendEmail } from '../jobs.js';
import { formatMoney } from '../money.js';
import type { Letter } from './smtp.js';

/** The letter that tells a customer that the order has arrived. */
export function confirmationOf(mail: SendEmail, messageId: string): Letter {
  return {
    messageId,
    // A name may hold line breaks, the head of a letter may not.
    to: { name: mail.customer.replace(/\s+/g, ' '), address: mail.to },
    subject: `Your order ${mail.orderNo}`,
    text: [
      `Dear ${mail.customer},`,
      '',
      `we have received your order ${mail.orderNo} over ${formatMoney(mail.amountCents, mail.currency)}.`,
      '',
      'Yours, the shop desk',
    ].join('\n'),
  };
}
