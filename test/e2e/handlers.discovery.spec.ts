import { Controller, Get, Inject, Injectable, Module, Scope } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { HandlerConflictError, KyuConfigError } from '../../lib/core/errors.js';
import { defineJob } from '../../lib/core/job-definition.js';
import { JobHandler } from '../../lib/handlers/job-handler.decorator.js';
import { exploreHandlers, startApplication, startHandlers } from '../support/handlers/start-handlers.js';

@Injectable()
class Mailer {
  @JobHandler('send_email', { concurrency: 10, timeout: 20_000 })
  send(mail: unknown): unknown {
    return { sent: mail, by: this.constructor.name };
  }

  notAHandler(): void {}
}

describe('what is found', () => {
  it('is a provider’s method, with its name, options and place', async () => {
    @Module({ providers: [Mailer] })
    class MailModule {}
    const { discovered, run } = await startHandlers({ imports: [MailModule] });

    expect(discovered).toHaveLength(1);
    expect(discovered[0]).toMatchObject({
      type: 'send_email',
      options: { concurrency: 10, timeout: 20_000 },
      instance: 'default',
      className: 'Mailer',
      methodName: 'send',
      moduleName: 'MailModule',
      source: 'Mailer.send',
      isRequestScoped: false,
    });
    expect(await run('send_email', 'hello')).toEqual({
      kind: 'completed',
      result: { sent: 'hello', by: 'Mailer' },
    });
  });

  it('is a controller’s method, also when it is a route', async () => {
    @Controller()
    class Orders {
      @Get('orders')
      @JobHandler('sync_orders')
      sync(): string {
        return 'synced';
      }
    }
    const { run } = await startHandlers({ controllers: [Orders] });
    expect(await run('sync_orders')).toEqual({ kind: 'completed', result: 'synced' });
  });

  it('is in request-scoped and transient providers', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerJob {
      @JobHandler('per_job')
      run(): string {
        return 'per job';
      }
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class Transient {
      @JobHandler('transient')
      run(): string {
        return 'transient';
      }
    }
    const { discovered, run } = await startHandlers({ providers: [PerJob, Transient] });

    expect(discovered.map(({ type, isRequestScoped }) => [type, isRequestScoped])).toEqual([
      ['per_job', true],
      ['transient', true],
    ]);
    expect(await run('per_job')).toEqual({ kind: 'completed', result: 'per job' });
    expect(await run('transient')).toEqual({ kind: 'completed', result: 'transient' });
  });

  it('is behind tokens of classes, factories and values', async () => {
    class FromFactory {
      @JobHandler('from_factory')
      run(): string {
        return 'factory';
      }
    }
    class FromValue {
      @JobHandler('from_value')
      run(): string {
        return 'value';
      }
    }
    const { run } = await startHandlers({
      providers: [
        { provide: 'MAILER', useClass: Mailer },
        { provide: 'FACTORY', useFactory: () => Promise.resolve(new FromFactory()) },
        { provide: 'VALUE', useValue: new FromValue() },
      ],
    });
    expect(await run('send_email', 1)).toMatchObject({ kind: 'completed' });
    expect(await run('from_factory')).toEqual({ kind: 'completed', result: 'factory' });
    expect(await run('from_value')).toEqual({ kind: 'completed', result: 'value' });
  });

  it('is found once when several tokens stand for one object', async () => {
    const { discovered } = await startHandlers({
      providers: [
        { provide: 'FACTORY', useFactory: (mailer: Mailer) => mailer, inject: [Mailer] },
        { provide: 'ALIAS', useExisting: Mailer },
        Mailer,
      ],
    });
    expect(discovered.map(({ wrapper }) => wrapper.token)).toEqual([Mailer]);

    @Injectable({ scope: Scope.TRANSIENT })
    class Transient extends Mailer {}
    const alias = { provide: 'ALIAS', useExisting: Transient };
    const scoped = await startHandlers({ providers: [alias, Transient] });
    expect(scoped.discovered.map(({ source }) => source)).toEqual(['Transient.send']);
  });

  it('belongs to the instance that it names', async () => {
    class Reports {
      @JobHandler('generate', { instance: 'reports', maxRetries: 1 })
      run(): void {}
    }
    const app = await startApplication({ providers: [Mailer, Reports] });
    expect(exploreHandlers(app).map(({ type }) => type)).toEqual(['send_email']);
    expect(exploreHandlers(app, 'reports')).toMatchObject([{ type: 'generate', options: { maxRetries: 1 } }]);
    expect(exploreHandlers(app, 'reports')[0]?.options).not.toHaveProperty('instance');
  });

  it('may be several types of one method, in the order in which they are written', async () => {
    class Both {
      @JobHandler('first')
      @JobHandler('second')
      run(): void {}
    }
    const { discovered } = await startHandlers({ providers: [Both] });
    expect(discovered.map(({ type }) => type)).toEqual(['first', 'second']);
  });

  it('takes the options of a token, under those of the decorator', async () => {
    const Resize = defineJob<{ id: string }>('resize', { maxRetries: 8, timeout: 5_000, queue: 'images' });
    class Images {
      @JobHandler(Resize, { timeout: 9_000 })
      resize(_image: { id: string }): void {}
    }
    const { table } = await startHandlers({ providers: [Images] });
    expect(table.find('resize')).toMatchObject({
      queue: 'images',
      timeoutMs: 9_000,
      source: 'Images.resize',
    });
    expect(table.defaultsOf('resize')).toEqual({ queue: 'images', maxRetries: 8, timeoutMs: 9_000 });
    expect(table.all().map(({ type }) => type)).toEqual(['resize']);
    expect(table.find('unknown')).toBeUndefined();
  });

  it('runs no getter of a provider', async () => {
    class Touchy {
      get dangerous(): never {
        throw new Error('a getter was run');
      }
      @JobHandler('touchy')
      run(): string {
        return 'untouched';
      }
    }
    const own = Object.defineProperty({}, 'lazy', {
      get(): never {
        throw new Error('a property of a value was read');
      },
    });
    const app = await startApplication({ providers: [Touchy, { provide: 'OWN', useValue: own }] });
    expect(exploreHandlers(app).map(({ source }) => source)).toEqual(['Touchy.run']);
  });
});

describe('inheritance', () => {
  abstract class Base {
    @JobHandler('export')
    run(): string {
      return this.constructor.name;
    }
  }

  it('makes a handler of what a class takes over from its base', async () => {
    @Injectable()
    class CsvExport extends Base {}
    const { discovered, run } = await startHandlers({ providers: [CsvExport] });
    expect(discovered.map(({ source }) => source)).toEqual(['CsvExport.run']);
    expect(await run('export')).toEqual({ kind: 'completed', result: 'CsvExport' });
  });

  it('is a conflict when two classes take over the same handler', async () => {
    @Injectable()
    class CsvExport extends Base {}
    @Injectable()
    class PdfExport extends Base {}
    await expect(startHandlers({ providers: [CsvExport, PdfExport] })).rejects.toThrow(
      /"export" has two handlers: CsvExport\.run in RootTestModule and PdfExport\.run in RootTestModule/,
    );
  });

  it('ends where a class overrides the method: decorated again it is another handler, else none', async () => {
    @Injectable()
    class CsvExport extends Base {}
    @Injectable()
    class PdfExport extends Base {
      @JobHandler('export_pdf')
      override run(): string {
        return 'pdf';
      }
    }
    @Injectable()
    class NoExport extends Base {
      override run(): string {
        return 'no job';
      }
    }
    const { discovered } = await startHandlers({ providers: [CsvExport, PdfExport, NoExport] });
    expect(discovered.map(({ type, source }) => `${type} ${source}`)).toEqual([
      'export CsvExport.run',
      'export_pdf PdfExport.run',
    ]);
  });
});

describe('what cannot be', () => {
  it('is two handlers of one type: both are named', async () => {
    class Other {
      @JobHandler('send_email')
      deliver(): void {}
    }
    const start = startHandlers({ providers: [Mailer, Other] });
    await expect(start).rejects.toThrow(HandlerConflictError);
    await expect(start).rejects.toThrow(
      /Mailer\.send in RootTestModule and Other\.deliver in RootTestModule/,
    );
  });

  it('is one class in two modules: the modules are named', async () => {
    @Module({ providers: [Mailer] })
    class Sales {}
    @Module({ providers: [Mailer] })
    class Support {}
    await expect(startHandlers({ imports: [Sales, Support] })).rejects.toThrow(
      /Mailer\.send in Sales and Mailer\.send in Support/,
    );
  });

  it('is a name that no store could keep: every one is named', async () => {
    class Wrong {
      @JobHandler('send email')
      first(): void {}
      @JobHandler('')
      second(): void {}
    }
    const start = startHandlers({ providers: [Wrong] });
    await expect(start).rejects.toThrow(KyuConfigError);
    await expect(start).rejects.toThrow(/Wrong\.first.*"send email".*\n.*Wrong\.second.*""/);
  });
});

it('a handler is called with the dependencies of its class', async () => {
  @Injectable()
  class Greeter {
    constructor(@Inject('GREETING') private readonly greeting: string) {}

    @JobHandler('greet')
    greet(name: string): string {
      return `${this.greeting} ${name}`;
    }
  }
  const { run } = await startHandlers({
    providers: [Greeter, { provide: 'GREETING', useValue: 'Grüß Gott' }],
  });
  expect(await run('greet', 'Ada')).toEqual({ kind: 'completed', result: 'Grüß Gott Ada' });
});
