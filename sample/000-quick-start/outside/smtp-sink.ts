import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerError } from 'smtp-server';

export interface SmtpSinkOptions {
  /** 0: any free port. */
  port?: number;
  host?: string;
  /** Keeps each letter here as an `.eml` file that mail programs open. Without it letters are only counted. */
  folder?: string;
}

export interface LetterCounts {
  /** Letters that the sink took, repeats included. */
  accepted: number;
  /** Of these, letters whose Message-ID had been here before. */
  repeated: number;
  /** Letters to an address that does not exist. */
  refused: number;
}

/** Nobody lives at this domain: the sink answers 550 to letters for it. */
export const DOMAIN_WITHOUT_MAILBOXES = 'nowhere.example';

const LARGEST_LETTER_BYTES = 1_048_576;

/** A real SMTP server that delivers to nobody. */
export class SmtpSink {
  private readonly timesSeen = new Map<string, number>();
  private refused = 0;
  private readonly server: SMTPServer;

  private constructor(private readonly folder: string | undefined) {
    this.server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 200,
      size: LARGEST_LETTER_BYTES,
      onRcptTo: ({ address }, _session, answer) => answer(this.refusalOf(address)),
      onData: (stream, _session, answer) => {
        this.takeLetter(stream).then(
          () => answer(),
          (error: SMTPServerError) => answer(error),
        );
      },
    });
    // A client that goes away in the middle of a letter is its own problem; without a listener it would be ours.
    this.server.on('error', () => {});
  }

  static async start({ port = 0, host = '127.0.0.1', folder }: SmtpSinkOptions = {}): Promise<SmtpSink> {
    if (folder !== undefined) await mkdir(folder, { recursive: true });
    const sink = new SmtpSink(folder);
    await new Promise<void>((resolve, reject) => {
      sink.server.server.once('error', reject);
      sink.server.listen(port, host, resolve);
    });
    return sink;
  }

  get url(): string {
    const { address, port } = this.server.server.address() as AddressInfo;
    return `smtp://${address}:${port}`;
  }

  counts(): LetterCounts {
    const accepted = [...this.timesSeen.values()].reduce((total, times) => total + times, 0);
    return { accepted, repeated: accepted - this.timesSeen.size, refused: this.refused };
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }

  private refusalOf(address: string): SMTPServerError | null {
    if (!address.toLowerCase().endsWith(`@${DOMAIN_WITHOUT_MAILBOXES}`)) return null;
    this.refused += 1;
    return Object.assign(new Error(`No mailbox here for ${address}`), { responseCode: 550 });
  }

  private async takeLetter(stream: SMTPServerDataStream): Promise<void> {
    const letter = await readAll(stream);
    if (stream.sizeExceeded) {
      throw Object.assign(new Error('The letter is too large'), { responseCode: 552 });
    }
    const messageId = messageIdOf(letter) ?? `none-${this.timesSeen.size + 1}`;
    const times = (this.timesSeen.get(messageId) ?? 0) + 1;
    this.timesSeen.set(messageId, times);
    if (this.folder !== undefined) await writeFile(join(this.folder, fileNameOf(messageId, times)), letter);
  }
}

async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function messageIdOf(letter: Buffer): string | undefined {
  const [headers = ''] = letter.toString('latin1').split('\r\n\r\n', 1);
  return /^message-id:\s*<([^>]+)>/im.exec(headers)?.[1];
}

/** The Message-ID comes from outside: nothing of it may lead out of the folder. */
function fileNameOf(messageId: string, times: number): string {
  const name = messageId.replace(/[^\w-]+/g, '_').slice(0, 120);
  return times === 1 ? `${name}.eml` : `${name}.repeat-${times - 1}.eml`;
}
