import { Injectable, Module } from '@nestjs/common';
import { DiscardJob, JobHandler, KyuProducer, type JobContext } from 'nestjs-kyu';

/** Payload of `send_letter`. */
export interface Letter {
  to: string;
  subject: string;
}

/** Letters that were sent, by the job that sent them: a second run of one job sends nothing. */
@Injectable()
export class LetterBox {
  readonly sent = new Map<string, Letter>();
  isFull = false;

  put(key: string, letter: Letter): void {
    if (this.isFull) throw new Error('The letter box is full.');
    if (!this.sent.has(key)) this.sent.set(key, letter);
  }
}

@Injectable()
export class Mailer {
  constructor(private readonly box: LetterBox) {}

  @JobHandler('send_letter', { maxRetries: 3 })
  send(letter: Letter, job: JobContext<Letter>): void {
    if (!letter.to.includes('@')) throw new DiscardJob(`"${letter.to}" is no address.`);
    this.box.put(job.id, letter);
    job.log('sent on attempt %s', job.attempt);
  }
}

@Injectable()
export class Trials {
  constructor(private readonly kyu: KyuProducer) {}

  async register(email: string): Promise<void> {
    await this.kyu.enqueue('send_letter', { to: email, subject: 'Welcome' }, { priority: 10 });
    await this.kyu.enqueue('send_letter', { to: email, subject: 'Two days left' }, { delay: '12d' });
  }
}

@Module({ providers: [LetterBox, Mailer, Trials], exports: [Trials] })
export class TrialModule {}
