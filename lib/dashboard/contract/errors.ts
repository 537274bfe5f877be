import type { ErrorGroup as ErrorGroupReading, ErrorGroupList } from '../../core/error-group.js';
import type { AsJson } from './as-json.js';

/** GET errors?window=24h&limit= ; POST errors/:fingerprint/retry { dryRun?, reason?, limit? } answers BulkData */
export type ErrorGroupsData = AsJson<ErrorGroupList>;

export type ErrorGroup = AsJson<ErrorGroupReading>;
