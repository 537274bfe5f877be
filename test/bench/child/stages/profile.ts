import { mkdirSync, writeFileSync } from 'node:fs';
import { Session, type HeapProfiler, type Profiler } from 'node:inspector/promises';
import { join } from 'node:path';
import type { ProfileAnswer, ProfileEntry } from '../answers.js';
import { seed, type BenchChild } from '../bench-child.js';

/** What is to be profiled, and where the files go. */
export interface ProfileInput {
  readonly jobs: number;
  readonly folder: string;
}

const HEAP_SAMPLE_BYTES = 8_192;
const TOP = 15;

/**
 * Runs jobs twice: once while every allocation is sampled, also of what is collected at once, and once under the CPU
 * profiler. Both files open in the developer tools of a browser.
 */
export async function profileWork(child: BenchChild, { jobs, folder }: ProfileInput): Promise<ProfileAnswer> {
  mkdirSync(folder, { recursive: true });
  const session = new Session();
  session.connect();
  const heap = await profileHeap(session, child, jobs);
  const cpu = await profileCpu(session, child, jobs);
  session.disconnect();
  const heapFile = join(folder, 'process.heapprofile');
  const cpuFile = join(folder, 'process.cpuprofile');
  writeFileSync(heapFile, JSON.stringify(heap));
  writeFileSync(cpuFile, JSON.stringify(cpu));
  const sizes = sizesByPlace(heap.head);
  const allocatedBytes = sum(sizes.values());
  return {
    jobs,
    heapFile,
    cpuFile,
    allocatedBytes,
    heapTop: largest(sizes),
    cpuTop: largest(timesByPlace(cpu)),
  };
}

async function profileHeap(session: Session, child: BenchChild, jobs: number) {
  await seed(child, jobs);
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: HEAP_SAMPLE_BYTES,
    // Known to Node for years, to its types not yet: without them only what is still alive is shown.
    ...{ includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true },
  });
  await runAll(child, jobs);
  return (await session.post('HeapProfiler.stopSampling')).profile;
}

async function profileCpu(session: Session, child: BenchChild, jobs: number) {
  await seed(child, jobs);
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await runAll(child, jobs);
  return (await session.post('Profiler.stop')).profile;
}

async function runAll({ contestant, tally }: BenchChild, jobs: number): Promise<void> {
  const done = tally.expect(jobs);
  await contestant.startWorker((payload) => tally.note(payload));
  await done;
  await contestant.settled();
  await contestant.stopWorker();
}

type Sizes = Map<string, number>;

function sizesByPlace(node: HeapProfiler.SamplingHeapProfileNode, sizes: Sizes = new Map()): Sizes {
  add(sizes, placeOf(node.callFrame), node.selfSize);
  for (const below of node.children) sizesByPlace(below, sizes);
  return sizes;
}

function timesByPlace({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Sizes {
  const places = new Map(nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const times: Sizes = new Map();
  for (const [index, id] of samples.entries()) add(times, places.get(id) ?? '?', timeDeltas[index] ?? 0);
  return times;
}

function add(sizes: Sizes, place: string, size: number): void {
  sizes.set(place, (sizes.get(place) ?? 0) + size);
}

/** The function and its file, without the folders that differ from machine to machine. */
function placeOf({
  functionName,
  url,
  lineNumber,
}: {
  functionName: string;
  url: string;
  lineNumber: number;
}) {
  const file = url.replace(/^.*\/(?=node_modules\/|dist\/|test\/)/, '');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`;
}

function largest(sizes: Sizes): ProfileEntry[] {
  const total = sum(sizes.values());
  return [...sizes]
    .sort(([, one], [, other]) => other - one)
    .slice(0, TOP)
    .map(([place, size]) => ({ place, share: total === 0 ? 0 : size / total }));
}

function sum(sizes: Iterable<number>): number {
  let total = 0;
  for (const size of sizes) total += size;
  return total;
}
