import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Ctx, JobHandler, Payload, type JobContext } from 'nestjs-kyu';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GenerateReport } from '../jobs.js';
import type { Settings } from '../settings.js';
import { reportPage } from './report-page.js';
import { ReportReader } from './report-reader.js';

/** Writes reports that a person can open in a browser. */
@Injectable()
export class ReportsService {
  private readonly logger = new Logger(ReportsService.name);
  private readonly folder: string;

  constructor(
    private readonly reader: ReportReader,
    config: ConfigService<Settings, true>,
  ) {
    this.folder = resolve(config.get('REPORT_FOLDER', { infer: true }));
  }

  @JobHandler('generate_report', { concurrency: 1, timeout: '1m', maxRetries: 2 })
  async generate(
    @Payload() report: GenerateReport,
    @Ctx() job: JobContext<GenerateReport>,
  ): Promise<{ file: string }> {
    const figures = await this.reader.read(report.lastMinutes);
    await job.progress(50, 'figures read');

    // Named after the job: a second run replaces the file of the first instead of leaving two.
    const file = join(this.folder, `report-${job.id}.html`);
    await this.writeAtOnce(file, reportPage(report.title, figures));
    this.logger.log(`The report is at ${pathToFileURL(file).href}`);
    return { file };
  }

  /** Nobody ever opens half a report: it appears under its name when it is complete. */
  private async writeAtOnce(file: string, content: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(`${file}.part`, content);
    await rename(`${file}.part`, file);
  }
}
