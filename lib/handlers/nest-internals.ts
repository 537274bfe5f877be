/**
 * What Kyu uses of Nest beyond its front door, in one place: when Nest moves one of these, this import fails and
 * nothing else does. The paths are the same in Nest 11 and 12.
 */
export {
  CUSTOM_ROUTE_ARGS_METADATA,
  EXCEPTION_FILTERS_METADATA,
  FILTER_CATCH_EXCEPTIONS,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
export { selectExceptionFilterMetadata } from '@nestjs/common/utils/select-exception-filter-metadata.util.js';
export { ContextUtils } from '@nestjs/core/helpers/context-utils.js';
export { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
export { STATIC_CONTEXT } from '@nestjs/core/injector/constants.js';
export type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
