export { KyuModule } from './kyu.module.js';
export type { KyuModuleOptions } from './kyu.options.js';
export type { KyuModuleExtras, KyuOptionsFactory } from './kyu.module-definition.js';
export { KyuAdmin, KyuJobEvents, KyuProducer, KyuReaper, KyuScheduler } from './kyu.injectables.js';
export { KyuSchedules } from './kyu.schedules.js';
export { KyuWorkers, type WorkersStatus } from './kyu.workers.js';
export type { UnhandledType } from './worker/unknown-types.js';
export type { JobStatistics } from './observability/job-statistics.js';
export {
  InjectKyuAdmin,
  InjectKyuJobEvents,
  InjectKyuProducer,
  InjectKyuReaper,
  InjectKyuScheduler,
  InjectKyuSchedules,
  InjectKyuWorkers,
} from './kyu.inject.decorators.js';

export { JobHandler, type JobHandlerOptions } from './handlers/job-handler.decorator.js';
export { CronJob, type CronJobOptions } from './handlers/cron-job.decorator.js';
export { OnJobEvent, type JobEventOptions } from './handlers/on-job-event.decorator.js';
export type {
  JobCancelledEvent,
  JobDeadEvent,
  JobEnqueuedEvent,
  JobEventName,
  JobEvents,
  JobFailedEvent,
  JobRescuedEvent,
  JobRetriedEvent,
  JobSnoozedEvent,
  JobStalledEvent,
  JobStartedEvent,
  JobSucceededEvent,
} from './core/job-events.js';
export {
  DeliveryFailure,
  type DeliveryFailureDetails,
  type JobNotice,
  type KyuNotifier,
  type Notification,
  type NotifierOptions,
} from './core/ports/notifier.js';
export { discord, type DiscordOptions } from './observability/notifiers/discord.js';
export { slack, type SlackOptions } from './observability/notifiers/slack.js';
export { telegram, type TelegramOptions } from './observability/notifiers/telegram.js';
export { webhook, type WebhookOptions } from './observability/notifiers/webhook.js';
export { Ctx, Payload, Signal } from './handlers/job-parameters.decorator.js';
export { getJobContext, isKyuContext, KYU_CONTEXT_TYPE } from './handlers/kyu-execution-context.js';
export { currentJob } from './worker/current-job.js';

export {
  defineJob,
  type JobDefinition,
  type JobDefinitionOptions,
  type JobReference,
  type JobTypeName,
  type JobTypePattern,
  type KyuJobs,
  type PayloadInputOf,
  type PayloadOf,
  type PayloadOutputOf,
} from './core/job-definition.js';
export type { CarriedContext, CarryFunction } from './core/carried-context.js';
export type { DraftedJob, EnqueueCall, KyuTelemetry, RunTelemetry } from './core/ports/telemetry.js';
export type { PayloadSchema } from './core/payload-schema.js';
export type { JobContext } from './core/job-context.js';
export type { ChildJob, ChildOptions, TransactionManager } from './core/child-job.js';
export { DiscardJob, RetryJob, SnoozeJob } from './core/outcome.js';
export type { EarlierError, Job, JobId, JobLogLine, JobProgress, JobRun, JobTexts } from './core/job.js';
export { JOB_STATUSES, type JobStatus } from './core/job-status.js';
export type { Duration } from './core/duration.js';
export type { EnqueueOptions } from './core/resolve-enqueue-options.js';
export type {
  MissedPolicy,
  OverlapPolicy,
  Schedule,
  ScheduledJobOptions,
  ScheduleInput,
  ScheduleProvider,
  ScheduleSettings,
  ScheduleSource,
} from './core/schedule.js';
export type { UniqueOptions } from './core/resolve-unique.js';
export type { UniqueScope } from './core/unique-key.js';
export type { OnConflict } from './core/job.js';
export type { EnqueuedJob, EnqueueResult } from './producer/enqueue-answers.js';
export type { EnqueueItem, InTransaction } from './producer/producer.js';
export type { WaitOptions } from './producer/job-waiter.js';
export type { CancelResult } from './admin/job-changer.js';
export type {
  BackoffOptions,
  ErrorRuleOptions,
  HandlerOptions,
  JobDefaultOptions,
  KyuOptions,
  KyuRole,
  LeaseOptions,
  PoolOptions,
  QueueOptions,
  UnknownTypePolicy,
  WorkerScalingOptions,
} from './core/options.js';
export type { ErrorClass } from './core/error-rules.js';
export type {
  RetentionByStatus,
  RetentionOptions,
  RetentionRule,
  RetentionSetting,
} from './core/retention-options.js';
export type { BackoffFunction, BackoffPreset } from './core/retry-policy.js';
export type { KyuLogger } from './core/ports/logger.js';
export type { DutyStatus } from './maintenance/duty-loop.js';
export type { StatusCount } from './core/ports/ledger-inspection.js';
export type { QueueNames } from './core/ports/job-lists.js';
export type { QueueReading, WorkerReading } from './core/ports/ledger-readings.js';
export type { AuditAction, AuditRecord } from './core/ports/audit-trail.js';
export type { JobStats } from './admin/job-stats.js';
export type { CountOptions, JobList, SearchPage } from './admin/job-browser.js';
export type { SearchSuggestion } from './admin/search-suggester.js';
export type { AuditList, AuditQuery } from './admin/audit-reader.js';
export type { BulkResult } from './admin/bulk-changer.js';
export type { JobChange } from './admin/job-change.js';
export type { ExplainedReason, JobExplanation, WaitingReason } from './admin/job-explainer.js';
export type {
  DeletableStatus,
  DeleteSelection,
  JobQuery,
  JobSelection,
  JobSort,
  RetryableStatus,
  RetrySelection,
} from './admin/job-query.js';
export type { BulkOptions, OperatorOptions, WithManager } from './admin/operator-options.js';
export type { AgeRange, JobSearch, JobTraits, NumberRange, PayloadValue } from './core/job-selection.js';
export type { CappedCounts, JobSummary, JobSummaryList } from './core/job-summary.js';
export { parseJobSearch } from './core/job-search.js';
export { formatJobSearch } from './core/format-search.js';
export { SEARCH_FIELDS, type SearchField, type SearchOperator } from './core/search-fields.js';
export type { ErrorGroup, ErrorGroupList } from './core/error-group.js';
export type { Finding, FindingCode, FixResult } from './core/finding.js';
export type {
  Overview,
  Problem,
  QueueDetails,
  SeriesPoint,
  TrafficRow,
  TrafficWindow,
} from './core/traffic.js';
export type { BurialResult, DrainOptions, DrainResult } from './admin/worker-orders.js';
export type { ErrorGroupQuery, WindowQuery } from './admin/overview-reader.js';
export type { RebuildResult } from './admin/doctor.js';
export type { ScheduleDetails, SchedulePreview } from './admin/schedule-details.js';
export type { PauseResult } from './admin/queue-pauser.js';

export { DashboardOpenError, PackageMissingError } from './core/dashboard-errors.js';
export {
  CompletionRolledBackError,
  DuplicateJobError,
  HandlerConflictError,
  InvalidJobError,
  InvalidQueryError,
  InvalidSearchError,
  JobCancelledError,
  JobDeadError,
  JobDeadlineError,
  InvalidScheduleError,
  JobNotCancellableError,
  JobNotChangeableError,
  JobNotFoundError,
  JobNotRetryableError,
  JobNotWaitingError,
  JobRunningError,
  JobSupersededError,
  JobTimeoutError,
  JobWaitTimeoutError,
  KyuClosedError,
  KyuConfigError,
  KyuContextError,
  KyuError,
  KyuPayloadError,
  KyuSchemaVersionError,
  LeaseLostError,
  LedgerUnavailableError,
  NoTransactionError,
  NotAWorkerError,
  ReadingTimeoutError,
  ScheduleConflictError,
  ScheduleNotFoundError,
  ShutdownError,
  UnknownJobTypeError,
  WorkerNotFoundError,
  type ConfigProblem,
} from './core/errors.js';

export { kyuEntities } from './ledger/entities/index.js';
export { KyuJobEntity } from './ledger/entities/job.entity.js';
export { KyuAttemptEntity } from './ledger/entities/attempt.entity.js';
export { KyuWorkerEntity } from './ledger/entities/worker.entity.js';
export { printMigrations } from './ledger/schema-migrator.js';
export { kyuMigrations } from '../migrations/index.js';
