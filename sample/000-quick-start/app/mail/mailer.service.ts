import { Injectable, UseInterceptors } from '@nestjs/common';
import { Ctx, DiscardJob, JobHandler, Payload, type JobContext } from 'nestjs-kyu';
import { MaskEmailInterceptor } from '../interceptors/mask-email.interceptor.js';
import type { SendEmail } from '../jobs.js';
import { confirmationOf } from './confirmation.js';
import { LetterRefusedError, Smtp } from './smtp.js';

/** Writes to customers. */
@Injectable()
export class MailerService {
  constructor(private readonly smtp: Smtp) {}

  @JobHandler('send_email', { timeout: '20s', maxRetries: 8 })
  @UseInterceptors(MaskEmailInterceptor)
  async send(@Payload() mail: SendEmail, @Ctx() job: JobContext<SendEmail>): Promise<{ messageId: string }> {
    // Made from the job's id: should the job run twice, the second letter is recognised as a repeat.
    const messageId = `<${job.id}@shop.example>`;
    try {
      await this.smtp.send(confirmationOf(mail, messageId), job.signal);
    } catch (error) {
      // Nobody becomes reachable by asking again: dead at once, no retry.
      throw error instanceof LetterRefusedError ? new DiscardJob(error.message) : error;
    }
    return { messageId };
  }
}
