/** Compiled, never run, as `typed-jobs.ts`: what a class says about the payload of its job. */
import { IsEmail, IsOptional, IsString, ValidateNested } from 'class-validator';
import { classSchema } from '../../lib/class-validator.js';
import { defineJob, JobHandler, type KyuProducer, type PayloadOf } from '../../lib/index.js';

class Address {
  @IsString() street!: string;
}

class SendEmailDto {
  @IsEmail() to!: string;
  @IsOptional() at?: Date;
  @ValidateNested({ each: true }) addresses!: Address[];

  isUrgent(): boolean {
    return this.at === undefined;
  }
}

const SendEmail = defineJob('send_email', {
  schema: classSchema(SendEmailDto, { whitelist: true, transform: { enableImplicitConversion: true } }),
  maxRetries: 8,
});

// @ts-expect-error an option of neither package
classSchema(SendEmailDto, { whitelists: true });
// @ts-expect-error an instance is no class
classSchema(new SendEmailDto());

export async function enqueue(kyu: KyuProducer): Promise<void> {
  await kyu.enqueue(SendEmail, { to: 'a@b.example', addresses: [{ street: 'Main' }] });
  await kyu.enqueue(SendEmail, { to: 'a@b.example', at: new Date(), addresses: [] });
  await kyu.enqueue(SendEmail, { to: 'a@b.example', at: '2030-01-01', addresses: [] });
  await kyu.enqueue(SendEmail, Object.assign(new SendEmailDto(), { to: 'a@b.example', addresses: [] }));

  // @ts-expect-error a property is missing
  await kyu.enqueue(SendEmail, { to: 'a@b.example' });
  // @ts-expect-error a property is of another type
  await kyu.enqueue(SendEmail, { to: 1, addresses: [] });
  // @ts-expect-error a nested property is of another type
  await kyu.enqueue(SendEmail, { to: 'a@b.example', addresses: [{ street: 1 }] });
}

export class Fits {
  @JobHandler(SendEmail)
  instance(mail: SendEmailDto): boolean {
    return mail.isUrgent();
  }

  @JobHandler(SendEmail)
  byToken(mail: PayloadOf<typeof SendEmail>): number | undefined {
    return mail.at?.getTime();
  }
}

export class DoesNotFit {
  // @ts-expect-error another shape
  @JobHandler(SendEmail)
  shape(_mail: { address: string }): void {}
}
