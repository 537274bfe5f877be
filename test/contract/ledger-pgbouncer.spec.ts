import { openPooledLedger } from '../support/ledger/open-ledger.js';
import { describeLedger } from './ledger.contract.js';

describeLedger('PostgreSQL behind PgBouncer in transaction mode', openPooledLedger);
