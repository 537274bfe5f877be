import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { KyuModuleOptions } from './kyu.options.js';

/** What has to be known before any factory runs. */
export interface KyuModuleExtras {
  /** Name of the instance, for a second one in the same process. */
  name?: string;
  /** Whether its providers can be injected without importing the module again. Default true. */
  isGlobal?: boolean;
}

/** What a class given as `useClass` or `useExisting` implements. */
export interface KyuOptionsFactory {
  createKyuOptions(): KyuModuleOptions | Promise<KyuModuleOptions>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<KyuModuleOptions>({ moduleName: 'Kyu' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createKyuOptions')
    .setExtras<KyuModuleExtras>({ isGlobal: true }, (definition) => definition)
    .build();
