import { Inject } from '@nestjs/common';
import { KyuAdmin, KyuJobEvents, KyuProducer, KyuReaper, KyuScheduler } from './kyu.injectables.js';
import { KyuSchedules } from './kyu.schedules.js';
import { tokenFor } from './kyu.tokens.js';
import { KyuWorkers } from './kyu.workers.js';

type InjectDecorator = PropertyDecorator & ParameterDecorator;

/** Injects the producer of a named instance. */
export const InjectKyuProducer = (instance?: string): InjectDecorator =>
  Inject(tokenFor(KyuProducer, instance));

/** Injects the admin of a named instance. */
export const InjectKyuAdmin = (instance?: string): InjectDecorator => Inject(tokenFor(KyuAdmin, instance));

/** Injects the job events of a named instance. */
export const InjectKyuJobEvents = (instance?: string): InjectDecorator =>
  Inject(tokenFor(KyuJobEvents, instance));

/** Injects the workers of a named instance. */
export const InjectKyuWorkers = (instance?: string): InjectDecorator =>
  Inject(tokenFor(KyuWorkers, instance));

/** Injects the scheduler of a named instance. */
export const InjectKyuScheduler = (instance?: string): InjectDecorator =>
  Inject(tokenFor(KyuScheduler, instance));

/** Injects the reaper of a named instance. */
export const InjectKyuReaper = (instance?: string): InjectDecorator => Inject(tokenFor(KyuReaper, instance));

/** Injects the schedules of a named instance. */
export const InjectKyuSchedules = (instance?: string): InjectDecorator =>
  Inject(tokenFor(KyuSchedules, instance));
