import { PaymentGateway } from './payment-gateway.js';
import { SmtpSink } from './smtp-sink.js';

// The world around the shop, for trying it by hand: a mail server and a payment gateway.
const host = process.env['HOST'] ?? '127.0.0.1';
const mail = await SmtpSink.start({ host, port: Number(process.env['SMTP_PORT'] ?? 2525) });
const payments = await PaymentGateway.start({ host, port: Number(process.env['PAYMENTS_PORT'] ?? 4242) });
console.log(`The mail server listens on ${mail.url}, the payment gateway on ${payments.url}`);

async function stop(): Promise<void> {
  console.log('Letters:', mail.counts());
  console.log('Charges:', payments.counts());
  await Promise.all([mail.close(), payments.close()]);
}

process.once('SIGINT', stop);
process.once('SIGTERM', stop);
