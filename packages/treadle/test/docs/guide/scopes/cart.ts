import 'reflect-metadata';
import {
  Controller,
  createApplication,
  MessageContext,
  MessageMapping,
  MessageScoped,
  Payload,
  SendToUser,
  SessionScope,
  sessionScoped,
  SessionScoped,
} from 'treadle';
import { container as globalContainer, inject, injectable } from 'tsyringe';

@SessionScoped()
export class Cart {
  readonly items: string[] = [];

  constructor(scope: SessionScope) {
    console.log(`a cart for session ${scope.session.id}`);
  }

  dispose(): void {
    this.items.length = 0;
  }
}

@Controller()
@SessionScoped()
export class CartController {
  constructor(private readonly cart: Cart) {}

  @MessageMapping('/cart/add')
  @SendToUser({ destinations: ['/queue/cart'], broadcast: false })
  add(@Payload() item: string): readonly string[] {
    this.cart.items.push(item);
    return this.cart.items;
  }
}

@MessageScoped()
export class Transaction {
  readonly statements: string[] = [];

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve(); // give the connection back
  }
}

@injectable()
export class Pricing {
  constructor(private readonly context: MessageContext) {}

  total(): number {
    return this.context.resolve(Cart).items.length * 2;
  }
}

@injectable()
export class AuditLog {
  constructor(private readonly context: MessageContext) {}

  write(what: string): string {
    const { user, message } = this.context;
    return `${user?.name ?? 'somebody'} ${what} by ${message?.destination ?? 'nothing'}`;
  }
}

interface Database {
  query(statement: string): string;
  dispose(): Promise<void>;
}

const openDatabase = (): Database => ({
  query: (statement) => `result of ${statement}`,
  dispose: () => Promise.resolve(),
});

const container = globalContainer.createChildContainer();
container.register<Database>('database', { useFactory: sessionScoped(() => openDatabase()) });

@Controller()
@MessageScoped()
export class ReportController {
  constructor(
    @inject('database') private readonly database: Database,
    private readonly transaction: Transaction,
    private readonly pricing: Pricing,
    private readonly audit: AuditLog,
  ) {}

  @MessageMapping('/report')
  @SendToUser('/queue/report')
  report(): string[] {
    this.transaction.statements.push('select 1');
    const results = this.transaction.statements.map((statement) => this.database.query(statement));
    return [...results, String(this.pricing.total()), this.audit.write('reported')];
  }
}

export const application = createApplication({
  container,
  controllers: [CartController, ReportController],
  services: [Pricing, AuditLog],
});
