import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { answerTo } from '../child/answer-to.js';
import type { ChildWord, StageRequest } from '../child/protocol.js';
import { StageTable } from '../child/stage-table.js';
import { compiledFile } from '../environment/repository.js';

/** Where the words of a child go. */
export interface ChildListener {
  readonly hear: (word: ChildWord) => void;
  /** It ended, or cannot be reached. */
  readonly lose: (why: string) => void;
}

/** The way to a child and back. */
export interface ChildLink {
  readonly send: (request: StageRequest) => void;
  /** Ends the child, whatever it is doing. */
  readonly end: () => Promise<void>;
}

/** A process of its own, on the Node that was asked for. */
export function forkChild(node: string, listener: ChildListener): ChildLink {
  const child = fork(fileURLToPath(compiledFile('child/main.js')), {
    execPath: node,
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', listener.hear);
  child.once('exit', (code, signal) => listener.lose(`ended by itself (${signal ?? code})`));
  return {
    send: (request) =>
      child.send(request, (error) => {
        if (error !== null) listener.lose(error.message);
      }),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** No process at all: for runs that only prove that everything runs. What is said goes through JSON all the same. */
export function innerChild(listener: ChildListener): ChildLink {
  const hear = (word: ChildWord): void => listener.hear(throughJson(word));
  const table = new StageTable((progress) => hear({ kind: 'progress', progress }));
  return {
    send: (request) => void answerTo(table, throughJson(request)).then(hear),
    end: async () => {
      await nextTurn();
    },
  };
}

function throughJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
