const INTERRUPT = '\u0003';

/** Calls for each key that is pressed, and gives the terminal back as it was. */
export function listenToKeys(stdin: NodeJS.ReadStream, onKey: (key: string) => void): () => void {
  const onData = (data: Buffer): void => {
    for (const key of data.toString('utf8')) onKey(key);
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

/** Whether the key means "enough". */
export function isQuit(key: string): boolean {
  return key === 'q' || key === 'Q' || key === INTERRUPT;
}
