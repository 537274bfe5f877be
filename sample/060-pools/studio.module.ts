import { Injectable, Module } from '@nestjs/common';
import { JobHandler, JobTimeoutError, type JobContext } from 'nestjs-kyu';

/** The printer's answer while somebody else prints. */
export class PrinterBusy extends Error {}

/** Payload of every `render:…`. */
export interface Picture {
  name: string;
}

/** What left the studio, in order. */
@Injectable()
export class Shelf {
  readonly pictures: string[] = [];
  busyFor = 0;
  mostAtOnce = 0;
  private atWork = 0;

  async work<Result>(act: () => Promise<Result> | Result): Promise<Result> {
    this.atWork += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atWork);
    try {
      await new Promise(setImmediate);
      return await act();
    } finally {
      this.atWork -= 1;
    }
  }
}

/** One handler for all sizes: they share two slots, however many sizes there are. A poster is made by hand. */
@Injectable()
export class Renderer {
  constructor(private readonly shelf: Shelf) {}

  @JobHandler('render:*', { queue: 'renders', concurrency: 2 })
  render({ name }: Picture, job: JobContext<Picture>): Promise<void> {
    const size = job.type.slice('render:'.length);
    return this.shelf.work(() => void this.shelf.pictures.push(`${name}, ${size}`));
  }

  @JobHandler('render:poster', { queue: 'renders', concurrency: 1 })
  poster({ name }: Picture): void {
    this.shelf.pictures.push(`${name}, by hand`);
  }
}

/** A busy printer is asked again soon, one that hangs is not asked again at all. */
@Injectable()
export class Printer {
  constructor(private readonly shelf: Shelf) {}

  @JobHandler('print', {
    errors: [
      { error: PrinterBusy, backoff: { strategy: 'fixed', base: '5s', jitter: 0 } },
      { error: JobTimeoutError, discard: true },
    ],
  })
  print({ name }: Picture): void {
    if (this.shelf.busyFor > 0) {
      this.shelf.busyFor -= 1;
      throw new Error('Cannot print.', { cause: new PrinterBusy() });
    }
    this.shelf.pictures.push(`${name}, printed`);
  }
}

@Module({ providers: [Shelf, Renderer, Printer] })
export class StudioModule {}
