import { openLedger } from '../support/ledger/open-ledger.js';
import { describeAdmin } from './admin.contract.js';

describeAdmin('PostgreSQL', openLedger);
