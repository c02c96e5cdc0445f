import { IsInt, IsString, Length, Min } from 'class-validator';
import {
  type ArgumentResolver,
  Controller,
  createApplication,
  createParameterDecorator,
  DestinationVariable,
  Header,
  Headers,
  MessageMapping,
  NativeHeaders,
  Payload,
  Principal,
  SendToUser,
  SessionAttribute,
  SessionAttributes,
} from 'treadle';
import { z } from 'zod';

class Line {
  @IsString() @Length(1, 40) article!: string;
  @IsInt() @Min(1) amount!: number;
}

enum Priority {
  Normal = 'normal',
  Express = 'express',
}

@Controller()
@MessageMapping('/orders/{shop}')
class OrderController {
  @MessageMapping('/lines/{day}')
  @SendToUser('/queue/orders')
  add(
    @Payload() line: Line,
    @DestinationVariable('shop') shop: string,
    @DestinationVariable('day') day: Date,
    @Header('priority', { type: Priority, defaultValue: Priority.Normal }) priority: Priority,
    @Header('voucher', String, { required: false }) voucher: string | undefined,
    @Principal() user: Principal | undefined,
  ) {
    return { ...line, shop, day, priority, voucher, by: user?.name };
  }
}

const Search = z.object({
  text: z.string().trim().min(1),
  limit: z.number().int().max(100).default(20),
});

@Controller()
class SearchController {
  @MessageMapping('/search/{category}')
  @SendToUser('/queue/found')
  find(
    @Payload(Search) search: z.infer<typeof Search>,
    @DestinationVariable('category', z.enum(['books', 'music'])) category: 'books' | 'music',
    @Header('page', z.coerce.number().int().min(1).default(1)) page: number,
  ) {
    return { ...search, category, page };
  }
}

@Controller()
class BasketController {
  // { "basket": { "lines": [{ "article": "tea", "amount": 2 }] }, "note": "quickly" }
  @MessageMapping('/basket')
  @SendToUser('/queue/basket')
  fill(
    @Payload([Line], { path: 'basket.lines' }) lines: Line[],
    @Payload(String, { path: 'note', defaultValue: '' }) note: string,
    @Headers() headers: NativeHeaders,
  ) {
    return { articles: lines.map(({ article }) => article), note, tags: headers.getAll('tag') };
  }
}

@Controller()
class CounterController {
  @MessageMapping('/count')
  @SendToUser('/queue/count')
  count(
    @SessionAttribute('count', { defaultValue: 0 }) count: number,
    @SessionAttributes() attributes: Map<string, unknown>,
  ) {
    attributes.set('count', count + 1);
    return { count: count + 1 };
  }
}

interface Forecast {
  readonly sky: string;
}

const forecastFor = async (city: string, { signal }: { signal: AbortSignal }): Promise<Forecast> => {
  signal.throwIfAborted();
  return Promise.resolve({ sky: `blue above ${city}` });
};

@Controller()
class ForecastController {
  @MessageMapping('/forecast/{city}')
  @SendToUser('/queue/forecast')
  async forecast(@DestinationVariable('city') city: string, signal: AbortSignal) {
    return forecastFor(city, { signal });
  }
}

const Locale = createParameterDecorator(({ message }, fallback: string) => {
  return message.headers.get('accept-language') ?? fallback;
});

@Controller()
class GreetingController {
  @MessageMapping('/greet')
  @SendToUser('/queue/greetings')
  greet(@Locale('en') locale: string) {
    return { greeting: locale === 'de' ? 'Guten Tag' : 'Good day' };
  }
}

class Tenant {
  constructor(readonly name: string) {}
}

const tenantResolver: ArgumentResolver = {
  supportsParameter: ({ type }) => type === Tenant,
  bind: () => (call) => new Tenant(call.message.headers.get('tenant') ?? 'public'),
};

@Controller()
class InvoiceController {
  @MessageMapping('/invoices')
  @SendToUser('/queue/invoices')
  list(tenant: Tenant) {
    return { invoicesOf: tenant.name };
  }
}

export const application = createApplication({
  controllers: [
    OrderController,
    SearchController,
    BasketController,
    CounterController,
    ForecastController,
    GreetingController,
    InvoiceController,
  ],
  argumentResolvers: [tenantResolver],
});
