// oxlint-disable unicorn/require-post-message-target-origin -- the port of a thread has no origin
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';

/**
 * The thread of the watchdog: renews one lease over a connection of its own, whatever the main thread is busy with.
 * Plain JavaScript, because it is loaded by its path, from `lib` while it is developed as from `dist`.
 *
 * workerData: { config, text } – the connection, and the statement with ($1 worker, $2 lease ms).
 * It hears { workerId, beatMs, leaseMs, proof } – guard this worker from now on – or null: guard nobody.
 * It says { kind: 'buried', workerId } or { kind: 'failed', workerId, name, words }; each beat that gets through is
 * written into `proof`: the instant at which it was sent, in ns of process.hrtime.
 */

/** A beat that takes longer is no proof of life any more; its connections are thrown away. */
const BEAT_TIMEOUT_MS = 2_500;

/**
 * A connection may be dead without a word: a firewall forgot it, the other end is gone. One that is silent for so long
 * gets a second beat beside it, over a fresh connection. A database that is merely slow costs one more connection then.
 */
const LONGEST_SILENCE_MS = 800;
/** A short lease cannot wait for so long. */
const LONGEST_SILENCE_SHARE = 0.2;

let guarded = null;
let client = null;
let timer = null;
let isBeating = false;

parentPort.on('message', (order) => {
  guarded = order;
  if (order === null) clearTimeout(timer);
  else if (!isBeating) void beat();
});

async function beat() {
  clearTimeout(timer);
  const { workerId, leaseMs, beatMs, proof } = guarded;
  const sentAt = process.hrtime.bigint();
  isBeating = true;
  try {
    const isAlive = await renew(workerId, leaseMs);
    if (isAlive) Atomics.store(new BigInt64Array(proof), 0, sentAt);
    else if (guarded?.workerId === workerId) bury(workerId);
  } catch (error) {
    drop(client);
    tellFailure(workerId, error);
  }
  isBeating = false;
  planNext(workerId, beatMs, Number(process.hrtime.bigint() - sentAt) / 1e6);
}

/** Another worker was put in its charge meanwhile, or the same one goes on. */
function planNext(workerId, beatMs, tookMs) {
  if (guarded === null) return;
  const isNew = guarded.workerId !== workerId;
  timer = setTimeout(beat, isNew ? 0 : Math.max(0, beatMs - tookMs));
}

/** Whether the ledger takes this worker for alive. Whichever connection answers first is kept. */
async function renew(workerId, leaseMs) {
  if (client === null) return beatAnew(workerId, leaseMs);
  const used = client;
  const beaten = send(used, workerId, leaseMs);
  const silenceMs = Math.min(LONGEST_SILENCE_MS, LONGEST_SILENCE_SHARE * leaseMs);
  const silence = `the connection did not answer within ${silenceMs} ms`;
  try {
    return await inTime(beaten, silenceMs, silence);
  } catch (error) {
    let isDecided = false;
    const anew = beatAnew(workerId, leaseMs, () => isDecided).then((isAlive) => {
      drop(used);
      tellFailure(workerId, new Error(`${error.message}; a new one did`));
      return isAlive;
    });
    try {
      return await Promise.any([beaten, anew]);
    } catch (failures) {
      throw failures.errors.at(-1);
    } finally {
      isDecided = true;
    }
  }
}

/** Over a fresh connection, which is kept unless it has become needless. */
async function beatAnew(workerId, leaseMs, isNeedless = () => false) {
  const fresh = await connect();
  try {
    if (isNeedless()) throw new Error('the beat has got through already');
    const isAlive = await send(fresh, workerId, leaseMs);
    if (isNeedless()) throw new Error('the beat has got through already');
    client = fresh;
    return isAlive;
  } catch (error) {
    drop(fresh);
    throw error;
  }
}

async function send(connection, workerId, leaseMs) {
  const { rowCount } = await connection.query({ text: workerData.text, values: [workerId, leaseMs] });
  return rowCount > 0;
}

function inTime(promise, ms, words) {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(words)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(deadline));
  });
}

function tellFailure(workerId, { name, message }) {
  parentPort.postMessage({ kind: 'failed', workerId, name, words: message });
}

function bury(workerId) {
  guarded = null;
  parentPort.postMessage({ kind: 'buried', workerId });
}

async function connect() {
  const connection = new pg.Client({
    ...workerData.config,
    connectionTimeoutMillis: BEAT_TIMEOUT_MS,
    query_timeout: BEAT_TIMEOUT_MS,
  });
  connection.on('error', () => drop(connection));
  await connection.connect();
  return connection;
}

/** What is broken is not waited for: the next beat opens another connection. */
function drop(broken) {
  if (client === broken) client = null;
  broken?.connection?.stream?.destroy();
}
