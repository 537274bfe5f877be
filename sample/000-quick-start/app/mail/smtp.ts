import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { createTransport } from 'nodemailer';
import type { Settings } from '../settings.js';

/** A letter, ready to be sent. */
export interface Letter {
  messageId: string;
  to: { name: string; address: string };
  subject: string;
  text: string;
}

/** The mail server will not take this letter, now or later. */
export class LetterRefusedError extends Error {
  override readonly name = 'LetterRefusedError';
}

/** Speaks to the mail server; keeps a few connections open, because each new one costs three round trips. */
@Injectable()
export class Smtp implements OnApplicationShutdown {
  private readonly transport;

  constructor(config: ConfigService<Settings, true>) {
    this.transport = createTransport({
      pool: true,
      url: config.get('SMTP_URL', { infer: true }),
      maxConnections: 5,
      connectionTimeout: 5_000,
    });
  }

  /**
   * Sends one letter.
   * @param signal gives up, also in the middle of the conversation
   * @throws LetterRefusedError when the server's no is final (5xx); any other error may pass
   */
  async send(letter: Letter, signal: AbortSignal): Promise<void> {
    try {
      await this.transport.sendMail({ ...letter, from: 'Shop Desk <desk@shop.example>', signal });
    } catch (error) {
      throw isFinal(error) ? new LetterRefusedError(error.message, { cause: error }) : error;
    }
  }

  // Not in onModuleDestroy: the jobs that still run at that time need the connections to finish.
  onApplicationShutdown(): void {
    this.transport.close();
  }
}

function isFinal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { responseCode } = error as Error & { responseCode?: number };
  return responseCode !== undefined && responseCode >= 500;
}
