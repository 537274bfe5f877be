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
 * gets a second beat beside it, over a fresh connection, and that one a third. A database that is merely slow costs
 * some connections then.
 */
const LONGEST_SILENCE_MS = 500;
/** A short lease cannot wait for so long. */
const LONGEST_SILENCE_SHARE = 0.2;
const MOST_TRIES = 4;

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
    const { isAlive, askedAt } = await renew(workerId, leaseMs);
    if (isAlive) Atomics.store(new BigInt64Array(proof), 0, askedAt);
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

/** Whether the ledger takes this worker for alive, and when it was asked. Whichever connection answers first is kept. */
function renew(workerId, leaseMs) {
  const used = client;
  const silenceMs = Math.min(LONGEST_SILENCE_MS, LONGEST_SILENCE_SHARE * leaseMs);
  let trouble = `the connection did not answer within ${silenceMs} ms`;
  let tries = 0;
  let failures = 0;
  let isDecided = false;
  let nextTry = null;

  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => decide(reject, new Error(trouble)), BEAT_TIMEOUT_MS);

    const decide = (settle, value) => {
      if (isDecided) return;
      isDecided = true;
      clearTimeout(deadline);
      clearTimeout(nextTry);
      settle(value);
    };

    const keep = (connection, answer) => {
      // Another one was faster, or it is too late.
      if (isDecided) return connection === client ? undefined : drop(connection);
      if (connection !== used) {
        drop(used);
        client = connection;
        if (used !== null) tellFailure(workerId, new Error(`${trouble}; a new one did`));
      }
      decide(resolve, answer);
    };

    const fail = (error) => {
      trouble = error.message;
      failures += 1;
      if (failures === MOST_TRIES) decide(reject, error);
      // The connection that was used may have been cut long ago: that is no news about PostgreSQL.
      else if (used !== null && tries === 1) tryOnce();
    };

    const tryOnce = () => {
      clearTimeout(nextTry);
      if (isDecided || tries === MOST_TRIES) return;
      tries += 1;
      nextTry = setTimeout(tryOnce, silenceMs);
      const opening = tries === 1 && used !== null ? Promise.resolve(used) : connect();
      opening
        .then((connection) =>
          send(connection, workerId, leaseMs).then(
            (answer) => keep(connection, answer),
            (error) => {
              drop(connection);
              throw error;
            },
          ),
        )
        .catch(fail);
    };

    tryOnce();
  });
}

async function send(connection, workerId, leaseMs) {
  const askedAt = process.hrtime.bigint();
  const { rowCount } = await connection.query({ text: workerData.text, values: [workerId, leaseMs] });
  return { isAlive: rowCount > 0, askedAt };
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
