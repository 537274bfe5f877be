import {
  Module,
  type INestApplication,
  type LoggerService,
  type INestApplicationContext,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { KyuModule, type KyuModuleExtras, type KyuModuleOptions } from 'nestjs-kyu';
import { onTestFinished } from 'vitest';

/** A root module, and how the application is made from it. */
export interface AppSpec extends ModuleMetadata {
  /** `KyuModule.forRoot` with these options. */
  readonly kyu?: KyuModuleOptions & KyuModuleExtras;
  /** Hears what Nest says. Default: nobody. */
  readonly nestLogger?: LoggerService;
}

/** Starts an application without HTTP; it is closed when the test has finished. */
export async function startApp(spec: AppSpec): Promise<INestApplicationContext> {
  const app = await openApp(spec);
  onTestFinished(() => closeOnce(app));
  return app;
}

/** The same for `beforeAll`: whoever opens it closes it. */
export async function openApp(spec: AppSpec): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(rootModule(spec), nestOptions(spec));
}

/** An application on Express that listens on a free port of loopback, and its address. */
export async function startHttpApp(spec: AppSpec): Promise<{ app: INestApplication; url: string }> {
  const app = await NestFactory.create(rootModule(spec), nestOptions(spec));
  onTestFinished(() => closeOnce(app));
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

/** The error with which an application refuses to start. */
export async function startError(spec: AppSpec): Promise<Error> {
  let app: INestApplicationContext;
  try {
    app = await openApp(spec);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  await app.close();
  throw new Error('The application started.');
}

const closed = new WeakSet<INestApplicationContext>();

/** A test that closes its application itself may say so twice. */
export async function closeOnce(app: INestApplicationContext): Promise<void> {
  if (closed.has(app)) return;
  closed.add(app);
  await app.close();
}

function nestOptions({ nestLogger }: AppSpec) {
  return { logger: nestLogger ?? (false as const), abortOnError: false };
}

function rootModule({ kyu, imports = [], providers = [], controllers = [] }: AppSpec) {
  class AppModule {}
  const kyuModules = kyu === undefined ? [] : [KyuModule.forRoot(kyu)];
  Module({ imports: [...imports, ...kyuModules], providers, controllers })(AppModule);
  return AppModule;
}
