import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepository } from '../deploy/repository.js';
import { foldersOnPath, isExecutable } from '../stores/executables.js';
import { freePort } from '../stores/free-port.js';
import { PrivateFolder } from '../stores/private-folder.js';
import { ServerProcess } from '../stores/server-process.js';

/** The same package brings promtool, which another test may have unpacked. */
const UNPACKED = inRepository('.kyu/tools/prometheus/usr/bin/prometheus');

/** The program of Prometheus. Undefined when it is not installed. */
export function findPrometheus(): string | undefined {
  return [...foldersOnPath().map((folder) => join(folder, 'prometheus')), UNPACKED].find(isExecutable);
}

export interface PrivatePrometheus {
  /** The answer of `/api/v1/<path>`. */
  ask(path: string): Promise<unknown>;
  /** Ends the server and deletes its folder. */
  remove(): Promise<void>;
}

/** Starts a Prometheus of our own, on loopback, that scrapes one target each second. */
export async function startPrometheus(command: string, target: string): Promise<PrivatePrometheus> {
  const folder = new PrivateFolder({
    parentFolder: tmpdir(),
    prefix: 'kyu-prometheus-',
    lastSignal: 'SIGKILL',
  });
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = new ServerProcess({
      name: 'Prometheus',
      command,
      arguments: argumentsOf(folder.path, port, target),
      environment: process.env,
      folder,
      logFile: join(folder.path, 'prometheus.log'),
      isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    });
    await server.start();
    return {
      ask: async (path) => (await fetch(`${url}/api/v1/${path}`)).json(),
      remove: () => folder.remove(),
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

function argumentsOf(folder: string, port: number, target: string): string[] {
  const config = join(folder, 'prometheus.yml');
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'kyu', static_configs: [{ targets: [target] }] }],
    }),
  );
  return [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
}
