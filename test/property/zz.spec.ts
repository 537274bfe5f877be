import * as fc from 'fast-check';
import { it } from 'vitest';
import { LedgerLab } from '../support/property/ledger-lab.js';
import { LedgerTraffic, trafficLanes } from '../support/property/ledger-traffic.js';
it('x', async () => {
  const lab = await LedgerLab.open();
  const lanes = fc.sample(trafficLanes(4, 40), 300);
  for (const [i, l] of lanes.entries()) {
    const t = await LedgerTraffic.begin(lab);
    try { await t.run(l); } catch (e: any) {
      console.log(i, e.message, e.detail, e.where);
      const id = /\((\S+),/.exec(e.detail)?.[1];
      for (const c of await lab.audit.changes()) if (c.jobId === id) console.log(JSON.stringify(c.before), '=>', JSON.stringify(c.after));
      await new Promise(r => setTimeout(r, 2000));
      console.log('later'); for (const c of await lab.audit.changes()) if (c.jobId === id) console.log(JSON.stringify(c.before), '=>', JSON.stringify(c.after));
      console.log(await lab.subject.dataSource.query(`select * from ${lab.subject.schema}.kyu_jobs where id=$1`, [id]));
      break;
    }
  }
  await lab.close();
}, 200000);
