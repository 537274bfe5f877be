import { parse } from 'yaml';
import { readText, readYaml } from './repository.js';

export interface ComposeService {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  deploy?: { replicas?: number };
  init?: boolean;
  stop_grace_period?: string;
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes?: Record<string, null>;
}

export interface PublishedPort {
  service: string;
  hostAddress: string;
  hostPort: number;
  containerPort: number;
}

export interface Mount {
  service: string;
  source: string;
  target: string;
}

const PATH = 'docker-compose.yml';
const PRODUCTION_PATH = 'deploy/compose.production.yml';
const VARIABLE = /\$\$|\$\{(\w+)(?::-([^}]*))?\}|\$/g;

/** As it stands, with `${NAME:-default}` unresolved. */
export function rawComposeFile(): ComposeFile {
  return readYaml(PATH) as ComposeFile;
}

/** What is laid over it on a server. `!reset` and `!override` replace a list of the first file; here they are read as that list. */
export function productionFile(): ComposeFile {
  const customTags = ['!reset', '!override'].map((tag) => ({
    tag,
    collection: 'seq' as const,
    resolve: (list: unknown) => list,
  }));
  return parse(readText(PRODUCTION_PATH), { customTags }) as ComposeFile;
}

/** The variables that a file asks the environment for, with what stands behind the name: `:-kyu`, `:?say which`. */
export function variablesOf(file: ComposeFile): { name: string; rest: string }[] {
  const text = JSON.stringify(file).replaceAll('$$', '');
  return [...text.matchAll(/\$\{(\w+)([^}]*)\}/g)].map(([, name = '', rest = '']) => ({ name, rest }));
}

/**
 * As Docker Compose sees it with these variables.
 * @throws When a variable has neither a value nor a default: Compose would put in nothing, and only warn.
 */
export function composeFile(variables: Record<string, string> = {}): ComposeFile {
  return resolveIn(rawComposeFile(), variables) as ComposeFile;
}

function resolveIn(node: unknown, variables: Record<string, string>): unknown {
  if (typeof node === 'string') return interpolate(node, variables);
  if (Array.isArray(node)) return node.map((item) => resolveIn(item, variables));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolveIn(value, variables)]));
}

function interpolate(value: string, variables: Record<string, string>): string {
  return value.replaceAll(VARIABLE, (found: string, name?: string, fallback?: string) => {
    if (found === '$$') return '$';
    const resolved = name === undefined ? undefined : variables[name] || fallback;
    if (resolved === undefined) throw new Error(`"${found}" in ${PATH} has no default: ${value}`);
    return resolved;
  });
}

export function publishedPorts(file: ComposeFile): PublishedPort[] {
  return Object.entries(file.services).flatMap(([service, { ports = [] }]) =>
    ports.map((port) => {
      const parts = port.split(':');
      return {
        service,
        hostAddress: parts.length === 3 ? (parts[0] ?? '') : '0.0.0.0',
        hostPort: Number(parts.at(-2)),
        containerPort: Number(parts.at(-1)),
      };
    }),
  );
}

/** The only port of a service that the host can reach, as the others in the network reach it. */
export function portOf(file: ComposeFile, service: string): number {
  const [port, ...more] = publishedPorts(file).filter((candidate) => candidate.service === service);
  if (port === undefined || more.length > 0) throw new Error(`${service} does not publish exactly one port.`);
  return port.containerPort;
}

export function mounts(file: ComposeFile): Mount[] {
  return Object.entries(file.services).flatMap(([service, { volumes = [] }]) =>
    volumes.map((volume) => {
      const [source = '', target = ''] = volume.split(':');
      return { service, source, target };
    }),
  );
}

/** Where a file of the repository shows up inside a container. */
export function pathInContainer(
  file: ComposeFile,
  service: string,
  repositoryPath: string,
): string | undefined {
  for (const mount of mounts(file)) {
    const folder = mount.source.replace(/^\.\//, '');
    if (mount.service !== service) continue;
    if (repositoryPath === folder || repositoryPath.startsWith(`${folder}/`)) {
      return mount.target + repositoryPath.slice(folder.length);
    }
  }
  return undefined;
}

export function serviceOf(file: ComposeFile, name: string): ComposeService {
  const service = file.services[name];
  if (service === undefined) throw new Error(`${PATH} has no service ${name}.`);
  return service;
}

export function environmentOf(file: ComposeFile, name: string): Record<string, string> {
  return serviceOf(file, name).environment ?? {};
}
