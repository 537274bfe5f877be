import { Injectable, Module } from '@nestjs/common';
import {
  JobHandler,
  KyuAdmin,
  KyuProducer,
  type JobContext,
  type JobId,
  type TransactionManager,
} from 'nestjs-kyu';

/** Payload of `import_customers`. */
export interface Import {
  pages: string[][];
}

/** Stands for the system that the customers come from: it answers page by page, and takes its time. */
@Injectable()
export class Source {
  /** Resolves when the page is there; rejects when the signal aborts before. */
  read: (page: string[], signal: AbortSignal) => Promise<string[]> = async (page) => page;
}

/** Stands for the application's database: `dataSource.transaction` in real life. */
@Injectable()
export class CustomerStore {
  readonly emails = new Set<string>();
  transaction: (work: (manager: TransactionManager) => Promise<void>) => Promise<void> = (work) => work({});

  save(emails: readonly string[]): void {
    for (const email of emails) this.emails.add(email);
  }
}

@Injectable()
export class Importer {
  constructor(
    private readonly source: Source,
    private readonly store: CustomerStore,
  ) {}

  @JobHandler('import_customers', { timeout: '1m', maxRetries: 2 })
  async run({ pages }: Import, job: JobContext<Import>): Promise<void> {
    const [lastError] = job.errors.slice(-1);
    if (lastError !== undefined) job.log('the last attempt ended with: %s', lastError.message);
    const customers: string[] = [];
    for (const [index, page] of pages.entries()) {
      await job.extend('1m'); // a minute for each page, however many there are
      customers.push(...(await this.source.read(page, job.signal)));
      await job.progress(Math.round((100 * (index + 1)) / pages.length), `page ${index + 1}`);
      job.log('page %d: %d customers so far', index + 1, customers.length);
    }
    await this.store.transaction(async (manager) => {
      this.store.save(customers);
      for (const to of customers) await job.enqueue('welcome', { to }, { manager });
      await job.completeIn(manager, { imported: customers.length });
    });
  }

  /** The import that enqueued this letter is its parent. */
  @JobHandler('welcome')
  welcome({ to }: { to: string }, job: JobContext): string {
    return `${to}, because of ${job.parentId}`;
  }
}

@Injectable()
export class Imports {
  constructor(
    private readonly kyu: KyuProducer,
    private readonly admin: KyuAdmin,
  ) {}

  /** An import that has not begun by then is not worth running. */
  async begin(pages: string[][], until?: Date): Promise<JobId> {
    const options = until === undefined ? {} : { deadlineAt: until };
    const { id } = await this.kyu.enqueue('import_customers', { pages }, options);
    return id;
  }

  async result(id: JobId): Promise<unknown> {
    return this.kyu.waitFor(id, { timeout: '10m' });
  }

  /** Says whether it was called off at once, or is being told to stop. */
  async callOff(id: JobId, reason: string): Promise<'cancelled' | 'running'> {
    const { status } = await this.admin.cancel(id, { reason });
    return status;
  }

  async protocol(id: JobId): Promise<string[]> {
    return (await this.admin.logs(id)).map(({ run, message }) => `${run}: ${message}`);
  }
}

@Module({ providers: [Source, CustomerStore, Importer, Imports], exports: [Imports] })
export class ImportModule {}
