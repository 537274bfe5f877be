import { Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { KyuModule, type KyuModuleOptions } from 'nestjs-kyu';
import { KyuDashboardModule, type KyuDashboardOptions } from 'nestjs-kyu/dashboard';

export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export interface DashboardAppSpec extends ModuleMetadata {
  readonly adapter: Adapter;
  readonly kyu: KyuModuleOptions;
  readonly dashboard?: KyuDashboardOptions | readonly KyuDashboardOptions[];
  /** Default: any that is free. */
  readonly port?: number;
  readonly prepare?: (app: INestApplication) => void;
}

export interface DashboardApp {
  readonly app: INestApplication;
  /** Of the server, without the path of the dashboard. */
  readonly url: string;
}

/** An application with a dashboard, listening on a free port of loopback; whoever opens it closes it. */
export async function openDashboardApp(spec: DashboardAppSpec): Promise<DashboardApp> {
  const options = { logger: false as const, abortOnError: false };
  const app =
    spec.adapter === 'fastify'
      ? await NestFactory.create<NestFastifyApplication>(rootModule(spec), new FastifyAdapter(), options)
      : await NestFactory.create(rootModule(spec), options);
  spec.prepare?.(app);
  await app.listen(spec.port ?? 0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

function rootModule({
  kyu,
  dashboard = {},
  imports = [],
  providers = [],
  controllers = [],
}: DashboardAppSpec) {
  class AppModule {}
  const mounts = (Array.isArray(dashboard) ? dashboard : [dashboard]) as KyuDashboardOptions[];
  Module({
    imports: [
      KyuModule.forRoot(kyu),
      ...imports,
      ...mounts.map((mount) => KyuDashboardModule.forRoot(mount)),
    ],
    providers,
    controllers,
  })(AppModule);
  return AppModule;
}
