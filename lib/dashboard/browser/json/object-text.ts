/** A JSON object of parts that are JSON text already: numbers that someone typed keep every digit. */
export function objectText(parts: Readonly<Record<string, string | undefined>>): string {
  const members = Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined);
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** Why a text is no JSON; undefined when it is. Used to check, never to show. */
export function objectionToJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}
