import type { ExecutionContext } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MaskEmailInterceptor } from '../../sample/000-quick-start/app/interceptors/mask-email.interceptor.js';
import { confirmationOf } from '../../sample/000-quick-start/app/mail/confirmation.js';
import { LetterRefusedError, Smtp } from '../../sample/000-quick-start/app/mail/smtp.js';
import {
  CardRefusedError,
  GatewayUnavailableError,
  PaymentGatewayClient,
} from '../../sample/000-quick-start/app/payments/payment-gateway.client.js';
import type { Settings } from '../../sample/000-quick-start/app/settings.js';
import { PaymentGateway } from '../../sample/000-quick-start/outside/payment-gateway.js';
import { SmtpSink } from '../../sample/000-quick-start/outside/smtp-sink.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const NO_ABORT = new AbortController().signal;

function configOf(settings: Partial<Settings>): ConfigService<Settings, true> {
  return new ConfigService<Settings, true>(settings);
}

describe('the mailer and the mail server', () => {
  let sink: SmtpSink;
  let smtp: Smtp;

  const mail = {
    to: 'ada@mail.example',
    customer: 'Ada',
    orderNo: 'S-1',
    amountCents: 1_999,
    currency: 'EUR',
  };

  beforeEach(async () => {
    sink = await SmtpSink.start({ folder });
    smtp = new Smtp(configOf({ SMTP_URL: sink.url }));
  });

  afterEach(async () => {
    smtp.onApplicationShutdown();
    await sink.close();
  });

  it('delivers a letter over SMTP', async () => {
    await smtp.send(confirmationOf(mail, '<job-1@shop.example>'), NO_ABORT);

    expect(sink.counts()).toEqual({ accepted: 1, repeated: 0, refused: 0 });
    const letter = await readFile(join(folder, 'job-1_shop_example.eml'), 'utf8');
    expect(letter).toMatch(/^To: Ada <ada@mail\.example>\r$/m);
    expect(letter).toMatch(/^Subject: Your order S-1\r$/m);
  });

  it('counts a letter with the Message-ID of an earlier one as a repeat, and keeps both', async () => {
    await smtp.send(confirmationOf(mail, '<job-1@shop.example>'), NO_ABORT);
    await smtp.send(confirmationOf(mail, '<job-1@shop.example>'), NO_ABORT);
    await smtp.send(confirmationOf(mail, '<job-2@shop.example>'), NO_ABORT);

    expect(sink.counts()).toEqual({ accepted: 3, repeated: 1, refused: 0 });
    expect((await readdir(folder)).sort()).toEqual([
      'job-1_shop_example.eml',
      'job-1_shop_example.repeat-1.eml',
      'job-2_shop_example.eml',
    ]);
  });

  it('takes names in every script, and no name adds a header to a letter', async () => {
    const awkward = [
      { customer: 'Eve\r\nBcc: everybody@mail.example', to: 'eve@mail.example' },
      { customer: '=?UTF-8?Q?x?= "O\'Neill" <root@mail.example>, ליאור 王 🦄', to: 'neill@mail.example' },
      { customer: 'Wolfeschlegelsteinhausen '.repeat(20), to: 'δοκιμή@παράδειγμα.example' },
    ];
    for (const [index, one] of awkward.entries()) {
      await smtp.send(confirmationOf({ ...mail, ...one }, `<job-${index}@shop.example>`), NO_ABORT);
    }

    const letters = await Promise.all(
      [0, 1, 2].map((index) => readFile(join(folder, `job-${index}_shop_example.eml`), 'utf8')),
    );
    const headers = letters.map((letter) => letter.slice(0, letter.indexOf('\r\n\r\n')));
    for (const header of headers) expect(header).not.toMatch(/^bcc:/im);
    for (const header of headers) expect(header.match(/^to:/gim)).toHaveLength(1);
    expect(headers[1]).toMatch(/<neill@mail\.example>\r$/m);
  });

  it('reports a mailbox that does not exist as final', async () => {
    const letter = confirmationOf({ ...mail, to: 'gone@nowhere.example' }, '<job-1@shop.example>');

    await expect(smtp.send(letter, NO_ABORT)).rejects.toThrow(LetterRefusedError);
    expect(sink.counts()).toEqual({ accepted: 0, repeated: 0, refused: 1 });
  });

  it('reports a mail server that is away as passing', async () => {
    await sink.close();
    const sending = smtp.send(confirmationOf(mail, '<job-1@shop.example>'), NO_ABORT);

    await expect(sending).rejects.toThrow(/ECONNREFUSED/);
    await expect(sending).rejects.not.toBeInstanceOf(LetterRefusedError);
    sink = await SmtpSink.start();
  });

  it('gives up when the signal aborts', async () => {
    const sending = smtp.send(confirmationOf(mail, '<job-1@shop.example>'), AbortSignal.abort());

    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    expect(sink.counts().accepted).toBe(0);
  });

  it('keeps addresses out of errors without changing what kind of error it is', async () => {
    const refused = new LetterRefusedError('550 No mailbox here for gone@nowhere.example');
    const context = {} as ExecutionContext;
    const masked = new MaskEmailInterceptor().intercept(context, { handle: () => throwError(() => refused) });

    const error = await lastValueFrom(masked).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LetterRefusedError);
    expect(error).toMatchObject({ message: '550 No mailbox here for g***@nowhere.example' });
    expect((error as Error).stack).not.toContain('gone@');
    expect((error as Error).stack).toContain('quick-start-parts.spec');
  });
});

describe('the payment gateway and its client', () => {
  const opened: PaymentGateway[] = [];

  async function open(options: Parameters<typeof PaymentGateway.start>[0]) {
    const gateway = await PaymentGateway.start(options);
    opened.push(gateway);
    return { gateway, client: new PaymentGatewayClient(configOf({ PAYMENTS_URL: gateway.url })) };
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((gateway) => gateway.close()));
  });

  const charge = { orderNo: 'S-1', card: 'card_visa_4242', amountCents: 1_999, currency: 'EUR' };

  it('takes the money once, however often the same charge is sent', async () => {
    const { gateway, client } = await open({ failEvery: 0 });

    const first = await client.charge(charge, 'job-1', NO_ABORT);
    const second = await client.charge(charge, 'job-1', NO_ABORT);

    expect(second).toEqual(first);
    expect(gateway.counts()).toMatchObject({ requests: 2, charged: 1, repeated: 1, chargedTwice: 0 });
  });

  it('refuses a key that belongs to another charge, and counts an order that was charged twice', async () => {
    const { gateway, client } = await open({ failEvery: 0 });
    await client.charge(charge, 'job-1', NO_ABORT);

    await expect(client.charge({ ...charge, amountCents: 1 }, 'job-1', NO_ABORT)).rejects.toThrow(/422/);
    await client.charge(charge, 'job-2', NO_ABORT);
    expect(gateway.counts()).toMatchObject({ charged: 2, chargedTwice: 1 });
  });

  it('is busy at the first try of an unlucky order, and takes the second', async () => {
    const { gateway, client } = await open({ failEvery: 1 });

    await expect(client.charge(charge, 'job-1', NO_ABORT)).rejects.toThrow(GatewayUnavailableError);
    await expect(client.charge(charge, 'job-1', NO_ABORT)).resolves.toEqual({ chargeId: 'charge_1' });
    expect(gateway.counts()).toMatchObject({ requests: 2, unavailable: 1, charged: 1 });
  });

  it('meets the same unlucky orders in every run, and others with another seed', async () => {
    const unluckyOrders = async (seed: string): Promise<string[]> => {
      const { client } = await open({ failEvery: 10, seed });
      const orderNos = Array.from({ length: 100 }, (_, index) => `S-${index}`);
      const results = await Promise.allSettled(
        orderNos.map((orderNo) => client.charge({ ...charge, orderNo }, `job-${orderNo}`, NO_ABORT)),
      );
      return orderNos.filter((_, index) => results[index]?.status === 'rejected');
    };

    const unlucky = await unluckyOrders('one');
    expect(unlucky.length).toBeGreaterThan(2);
    expect(unlucky.length).toBeLessThan(30);
    expect(await unluckyOrders('one')).toEqual(unlucky);
    expect(await unluckyOrders('two')).not.toEqual(unlucky);
  });

  it('refuses one card for ever', async () => {
    const { gateway, client } = await open({ failEvery: 1 });
    for (const key of ['job-1', 'job-1', 'job-2']) {
      const refused = client.charge({ ...charge, card: 'card_always_refused' }, key, NO_ABORT);
      await expect(refused).rejects.toThrow(CardRefusedError);
    }
    expect(gateway.counts()).toMatchObject({ requests: 3, refused: 3, charged: 0, unavailable: 0 });
  });

  it('answers what it cannot use with 400 or 404, and stays up', async () => {
    const { gateway } = await open({});
    const post = async (body: string, headers: Record<string, string> = {}): Promise<number> => {
      const response = await fetch(`${gateway.url}/charges`, { method: 'POST', body, headers });
      return response.status;
    };

    expect(await post(JSON.stringify(charge))).toBe(400);
    expect(await post('{', { 'idempotency-key': 'job-1' })).toBe(400);
    expect(await post(JSON.stringify({ ...charge, amountCents: -1 }), { 'idempotency-key': 'job-1' })).toBe(
      400,
    );
    expect(await post(`"${'x'.repeat(100_000)}"`, { 'idempotency-key': 'job-1' })).toBe(400);
    expect((await fetch(`${gateway.url}/elsewhere`)).status).toBe(404);
    const counts = await fetch(`${gateway.url}/counts`);
    expect(await counts.json()).toMatchObject({ requests: 4, charged: 0 });
  });

  it('stops waiting for an answer when the signal aborts', async () => {
    const { client } = await open({ answerAfterMs: 60_000 });
    await expect(client.charge(charge, 'job-1', AbortSignal.timeout(20))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
