import { openMemoryLedger } from '../support/ledger/open-memory-ledger.js';
import { describeLedger } from './ledger.contract.js';

describeLedger('memory', openMemoryLedger);
