import { ModuleRef } from '@nestjs/core';
import type { InstanceWrapper } from './nest-internals.js';

/** The module that holds a provider: enhancers and dependencies are looked up there. */
export type HostModule = NonNullable<InstanceWrapper['host']>;

/** The module of a provider that was found in one. */
export function hostModuleOf(wrapper: InstanceWrapper): HostModule {
  if (wrapper.host !== undefined) return wrapper.host;
  throw new TypeError(
    `Nest keeps no module for ${String(wrapper.name)}; it should for everything that it lists.`,
  );
}

/** The key to the module's providers, as the providers themselves would inject it. */
export function moduleRefOf(wrapper: InstanceWrapper): ModuleRef {
  return hostModuleOf(wrapper).getProviderByKey<ModuleRef>(ModuleRef).instance;
}
