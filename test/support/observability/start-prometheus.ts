import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepository } from '../deploy/repository.js';
import { requirePromtool } from '../require-promtool.js';
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

/**
 * The same for a test that cannot do without. Where it is missing, the package is fetched as for promtool.
 * @throws When there is none and none can be fetched.
 */
export async function requirePrometheus(say: (line: string) => void): Promise<string> {
  if (findPrometheus() === undefined) await requirePromtool(say);
  const program = findPrometheus();
  if (program === undefined) {
    throw new Error('promtool is installed without Prometheus. Install the whole package, with the server.');
  }
  return program;
}

export interface PrivatePrometheus {
  /** The answer of `/api/v1/<path>`. */
  ask(path: string): Promise<unknown>;
  /** Ends the server and deletes its folder. */
  remove(): Promise<void>;
}

export interface PrometheusRequest {
  /** `host:port` of what is scraped each second. */
  readonly targets: readonly string[];
  /** Paths of rule files, evaluated each second. */
  readonly ruleFiles?: readonly string[];
}

/** Starts a Prometheus of our own, on loopback. */
export async function startPrometheus(
  command: string,
  request: PrometheusRequest,
): Promise<PrivatePrometheus> {
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
      arguments: argumentsOf(folder.path, port, request),
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

function argumentsOf(folder: string, port: number, request: PrometheusRequest): string[] {
  const { ruleFiles = [], targets } = request;
  const config = join(folder, 'prometheus.yml');
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ruleFiles,
      scrape_configs: [{ job_name: 'kyu', static_configs: [{ targets }] }],
    }),
  );
  return [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
}
