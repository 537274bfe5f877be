import { Body, Controller, HttpCode, Post, StandardSchemaValidationPipe } from '@nestjs/common';
import { KyuProducer } from 'nestjs-kyu';
import { z } from 'zod';
import type { GenerateReport } from '../jobs.js';

const reportRequestSchema = z
  .object({
    title: z.string().trim().min(1).max(200).default('Shop desk'),
    lastMinutes: z.int().positive().max(1_440).default(60),
    inSeconds: z.number().min(0).max(3_600).default(3),
  })
  .prefault({});

type ReportRequest = z.infer<typeof reportRequestSchema>;

@Controller('reports')
export class ReportsController {
  constructor(private readonly kyu: KyuProducer) {}

  /** Plans a report a few seconds ahead, with the lowest priority: nobody waits for it. */
  @Post()
  @HttpCode(202)
  async plan(
    @Body({ schema: reportRequestSchema, pipes: [StandardSchemaValidationPipe] }) request: ReportRequest,
  ): Promise<{ jobId: string }> {
    const { inSeconds, ...report } = request;
    const payload: GenerateReport = report;
    const { id } = await this.kyu.enqueue('generate_report', payload, {
      priority: 1,
      delay: inSeconds * 1_000,
    });
    return { jobId: id };
  }
}
