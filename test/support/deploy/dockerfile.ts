import { readText } from './repository.js';

export interface Instruction {
  keyword: string;
  /** Everything after the keyword, on one line. */
  text: string;
}

export interface Stage {
  image: string;
  name: string | undefined;
  instructions: Instruction[];
}

export function dockerfileStages(): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of instructionsIn(readText('deploy/Dockerfile'))) {
    if (instruction.keyword === 'FROM') {
      const [image = '', , name] = instruction.text.split(/\s+/);
      stages.push({ image, name, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined)
      throw new Error(`The Dockerfile has ${instruction.keyword} before the first FROM.`);
    stage.instructions.push(instruction);
  }
  return stages;
}

function instructionsIn(text: string): Instruction[] {
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const space = line.indexOf(' ');
      return { keyword: line.slice(0, space).toUpperCase(), text: line.slice(space + 1).trim() };
    });
}

export function textsOf(stage: Stage, keyword: string): string[] {
  return stage.instructions.filter((instruction) => instruction.keyword === keyword).map(({ text }) => text);
}

/** Commands in exec form, that is as a JSON array: without a shell between Docker and the program. */
export function execForm(text: string): string[] {
  return JSON.parse(text) as string[];
}

/** What COPY takes from the stage itself or from another one. The last word is the target. */
export function copies(stage: Stage): { from: string | undefined; sources: string[]; target: string }[] {
  return textsOf(stage, 'COPY').map((text) => {
    const words = text.split(/\s+/);
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const paths = words.filter((word) => !word.startsWith('--'));
    return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
  });
}

/** The names that .dockerignore keeps out of the build at the top of the repository. */
export function ignoredByDocker(): string[] {
  const lines = readText('.dockerignore').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
