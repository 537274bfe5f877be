import { openLedger } from '../support/ledger/open-ledger.js';
import { describeLedger } from './ledger.contract.js';

describeLedger('PostgreSQL', openLedger);
