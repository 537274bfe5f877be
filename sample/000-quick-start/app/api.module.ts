import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { KyuDashboardModule, type DashboardSettings } from 'nestjs-kyu/dashboard';
import { AppModule } from './app.module.js';
import type { Settings } from './settings.js';

/** The process that speaks HTTP: the shop, and the dashboard of its jobs beside it. */
@Module({
  imports: [
    AppModule,
    KyuDashboardModule.forRootAsync({
      path: 'dashboard',
      inject: [ConfigService],
      useFactory: (config: ConfigService<Settings, true>): DashboardSettings => {
        const user = config.get('DASHBOARD_USER', { infer: true });
        const password = config.get('DASHBOARD_PASSWORD', { infer: true });
        // Without a password it is open on a developer's machine, and refuses to start in production.
        return password === '' ? {} : { basicAuth: { user, password } };
      },
    }),
  ],
})
export class ApiModule {}
