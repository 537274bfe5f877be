import { openMemoryLedger } from '../support/ledger/open-memory-ledger.js';
import { describeAdmin } from './admin.contract.js';

describeAdmin('memory', openMemoryLedger);
