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

/** A beat that takes longer is no proof of life any more; its connection is thrown away. */
const BEAT_TIMEOUT_MS = 2_500;

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
    client ??= await connect();
    const { rowCount } = await client.query({ text: workerData.text, values: [workerId, leaseMs] });
    if (rowCount > 0) Atomics.store(new BigInt64Array(proof), 0, sentAt);
    else if (guarded?.workerId === workerId) bury(workerId);
  } catch (error) {
    drop();
    parentPort.postMessage({ kind: 'failed', workerId, name: error.name, words: error.message });
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
  connection.on('error', drop);
  await connection.connect();
  return connection;
}

/** What is broken is not waited for: the next beat opens another connection. */
function drop() {
  const broken = client;
  client = null;
  broken?.connection?.stream?.destroy();
}
