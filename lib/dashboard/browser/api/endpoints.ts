import type {
  AuditPageData,
  AuthProvider,
  BulkBody,
  BulkData,
  DashboardConfig,
  ErrorGroupsData,
  FindingRow,
  JobCountsData,
  JobDetail,
  JobPageData,
  OverviewData,
  QueueRow,
  ScheduleBody,
  SchedulePreview,
  ScheduleRow,
  Suggestion,
  WorkerRow,
} from '../../contract.js';
import { searchOf } from '../address/search-fields.js';
import { change, changeWithText, read, readText } from './http.js';

export type TrafficWindow = OverviewData['window'];
export type JobVerb = JobDetail['verbs'][number];
export type BulkVerb = 'retry' | 'cancel' | 'delete' | 'run-now' | 'reschedule';

const part = encodeURIComponent;

/** Every question that the pages ask, and every change that they make. */
export const api = {
  config: (signal?: AbortSignal) => read<DashboardConfig>('config', signal),
  providers: () => read<readonly AuthProvider[]>('auth/providers'),
  logout: () => change<unknown>('POST', 'auth/logout'),

  overview: (window: TrafficWindow, signal?: AbortSignal) =>
    read<OverviewData>(`overview${searchOf({ window })}`, signal),

  jobs: (search: Readonly<Record<string, string>>, signal?: AbortSignal) =>
    read<JobPageData>(`jobs${searchOf(search)}`, signal),
  jobCounts: (query: string, signal?: AbortSignal) =>
    read<JobCountsData>(`jobs/counts${searchOf({ query })}`, signal),
  suggestions: (query: string, at: number, signal?: AbortSignal) =>
    read<readonly Suggestion[]>(`jobs/suggestions${searchOf({ query, at: String(at) })}`, signal),
  job: (id: string, signal?: AbortSignal) => read<JobDetail>(`jobs/${part(id)}`, signal),
  payload: (id: string) => readText(`jobs/${part(id)}/payload`),
  result: (id: string) => readText(`jobs/${part(id)}/result`),
  enqueue: (body: string) => changeWithText('POST', 'jobs', body),
  actOnJob: (id: string, verb: 'retry' | 'cancel' | 'run-now' | 'reschedule', body: object) =>
    change<unknown>('POST', `jobs/${part(id)}/${verb}`, body),
  changeJob: (id: string, body: string) => changeWithText('PATCH', `jobs/${part(id)}`, body),
  deleteJob: (id: string) => change<unknown>('DELETE', `jobs/${part(id)}`),
  bulk: (verb: BulkVerb, body: BulkBody) => change<BulkData>('POST', `jobs/bulk/${verb}`, body),

  errors: (window: TrafficWindow, signal?: AbortSignal) =>
    read<ErrorGroupsData>(`errors${searchOf({ window })}`, signal),

  queues: (signal?: AbortSignal) => read<readonly QueueRow[]>('queues', signal),
  pause: (queue: string, body: { readonly types?: readonly string[]; readonly reason?: string }) =>
    change<unknown>('POST', `queues/${part(queue)}/pause`, body),
  resume: (queue: string, body: { readonly types?: readonly string[] }) =>
    change<unknown>('POST', `queues/${part(queue)}/resume`, body),

  schedules: (signal?: AbortSignal) => read<readonly ScheduleRow[]>('schedules', signal),
  putSchedule: (name: string, body: string) => changeWithText('PUT', `schedules/${part(name)}`, body),
  previewSchedule: (body: Pick<ScheduleBody, 'cron' | 'timezone'>) =>
    change<SchedulePreview>('POST', 'schedules/preview', body),
  actOnSchedule: (name: string, verb: 'run' | 'pause' | 'resume') =>
    change<unknown>('POST', `schedules/${part(name)}/${verb}`),
  removeSchedule: (name: string) => change<unknown>('DELETE', `schedules/${part(name)}`),

  workers: (signal?: AbortSignal) => read<readonly WorkerRow[]>('workers', signal),
  drainWorker: (id: string) => change<unknown>('POST', `workers/${part(id)}/drain`),

  audit: (search: Readonly<Record<string, string>>, signal?: AbortSignal) =>
    read<AuditPageData>(`audit${searchOf(search)}`, signal),
  fix: (code: string) => change<unknown>('POST', 'doctor/fix', { code }),
  doctor: (signal?: AbortSignal) => read<readonly FindingRow[]>('doctor', signal),
} as const;
