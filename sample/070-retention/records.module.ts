import { Injectable, Module } from '@nestjs/common';
import { DiscardJob, JobHandler, KyuAdmin, type Job } from 'nestjs-kyu';

@Injectable()
export class Office {
  @JobHandler('send_letter')
  sendLetter({ to }: { to: string }): void {
    if (!to.includes('@')) throw new DiscardJob('no such address');
  }

  @JobHandler('book_invoice')
  bookInvoice({ amount }: { amount: number }): { booked: number } {
    return { booked: amount };
  }

  @JobHandler('resize_image')
  resizeImage(): void {}
}

/** What those ask who look back. */
@Injectable()
export class Records {
  constructor(private readonly admin: KyuAdmin) {}

  /** What went wrong so long ago that it is in the archive, and why. */
  async oldFailures(type: string): Promise<{ id: string; reason: string | null; archivedAt: Date | null }[]> {
    const { jobs } = await this.admin.list({ archived: true, status: 'dead', type });
    return jobs.map(({ id, errorMessage, archivedAt }) => ({ id, reason: errorMessage, archivedAt }));
  }

  /** Whether it is still among the others or in the archive makes no difference. */
  async story(id: string): Promise<{ job: Job; outcomes: string[] }> {
    const runs = await this.admin.runs(id);
    return { job: await this.admin.get(id), outcomes: runs.map(({ outcome }) => outcome) };
  }
}

@Module({ providers: [Office, Records], exports: [Records] })
export class RecordsModule {}
