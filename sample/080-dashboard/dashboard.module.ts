import {
  Injectable,
  Module,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { JobHandler } from 'nestjs-kyu';
import { KyuDashboardModule, type DashboardAccess, type DashboardRequest } from 'nestjs-kyu/dashboard';

/** Somebody of the company. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: 'operator' | 'support' | 'staff';
}

/** Stands for whatever knows the people of the company. */
const PEOPLE: Readonly<Record<string, Person>> = {
  'token-of-ada': { id: '1', name: 'ada', role: 'operator' },
  'token-of-bob': { id: '2', name: 'bob', role: 'support' },
  'token-of-eve': { id: '3', name: 'eve', role: 'staff' },
};

/** Lets in who works here, and says who it is. It stands before every page and every answer of the dashboard. */
@Injectable()
export class StaffGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: Person }>();
    const person = PEOPLE[(request.headers['authorization'] ?? '').replace('Bearer ', '')];
    if (person === undefined) throw new UnauthorizedException('Who are you?');
    request.user = person;
    return true;
  }
}

/** Operators may do everything; support sees what is in a job and runs it again; everybody else looks. */
export function accessOf({ user }: DashboardRequest): DashboardAccess {
  const { role } = user as Person;
  if (role === 'operator') return 'all';
  return role === 'support' ? ['read', 'payloads', 'retry'] : 'read';
}

@Injectable()
export class Invoices {
  isPrinterBroken = true;

  @JobHandler('print_invoice', { maxRetries: 0 })
  print({ invoice }: { invoice: number }): string {
    if (this.isPrinterBroken) throw new Error('the printer is on fire');
    return `printed ${invoice}`;
  }
}

@Module({
  imports: [KyuDashboardModule.forRoot({ path: 'admin/kyu', guards: [StaffGuard], access: accessOf })],
  providers: [Invoices],
  exports: [Invoices],
})
export class BackOfficeModule {}
