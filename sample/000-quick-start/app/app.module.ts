import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KyuModule } from 'nestjs-kyu';
import { KyuMetricsModule } from 'nestjs-kyu/metrics';
import { kyuOpenTelemetry } from 'nestjs-kyu/otel';
import { KyuHealthIndicator } from 'nestjs-kyu/terminus';
import { DataSource } from 'typeorm';
import { HealthController } from './health.controller.js';
import { LoggingInterceptor } from './interceptors/logging.interceptor.js';
import { MaskEmailInterceptor } from './interceptors/mask-email.interceptor.js';
import { RunTimes } from './interceptors/run-times.js';
import { TimingInterceptor } from './interceptors/timing.interceptor.js';
import { MailerService } from './mail/mailer.service.js';
import { Smtp } from './mail/smtp.js';
import { Order } from './orders/order.entity.js';
import { OrdersController } from './orders/orders.controller.js';
import { openShopDatabase, shopDatabaseOptions } from './orders/shop-database.js';
import { PaymentGatewayClient } from './payments/payment-gateway.client.js';
import { PaymentsService } from './payments/payments.service.js';
import { ReportReader } from './reports/report-reader.js';
import { ReportsController } from './reports/reports.controller.js';
import { ReportsService } from './reports/reports.service.js';
import { redisOf, settingsSchema, type Settings } from './settings.js';
import { TracingService } from './tracing/tracing.service.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, validationSchema: settingsSchema }),
    TypeOrmModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService<Settings, true>) =>
        shopDatabaseOptions(config.get('DATABASE_URL', { infer: true })),
      dataSourceFactory: openShopDatabase,
    }),
    TypeOrmModule.forFeature([Order]),
    KyuModule.forRootAsync({
      inject: [ConfigService, DataSource],
      useFactory: (config: ConfigService<Settings, true>, dataSource: DataSource) => ({
        dataSource,
        redis: redisOf({
          REDIS_URL: config.get('REDIS_URL', { infer: true }),
          REDIS_PASSWORD: config.get('REDIS_PASSWORD', { infer: true }),
        }),
        role: config.get('KYU_ROLE', { infer: true }),
        workers: config.get('KYU_WORKERS', { infer: true }),
        queueName: 'shop',
        metricsPort: config.get('METRICS_PORT', { infer: true }),
        interceptors: [LoggingInterceptor, TimingInterceptor],
        defaults: { maxRetries: 5, timeout: '30s' },
        handlers: { send_email: { concurrency: config.get('MAIL_CONCURRENCY', { infer: true }) } },
        // Costs nothing while nobody is told of the spans.
        telemetry: kyuOpenTelemetry(),
        migrationsRun: true,
      }),
    }),
    KyuMetricsModule.forRoot({ path: '/metrics' }),
    TerminusModule,
  ],
  controllers: [OrdersController, ReportsController, HealthController],
  providers: [
    PaymentsService,
    PaymentGatewayClient,
    MailerService,
    Smtp,
    ReportsService,
    ReportReader,
    LoggingInterceptor,
    TimingInterceptor,
    MaskEmailInterceptor,
    RunTimes,
    KyuHealthIndicator,
    TracingService,
  ],
})
export class AppModule {}
