import 'reflect-metadata';
import { IsInt, Max } from 'class-validator';
import { connect } from '@treadle/testing';
import {
  type ApplicationOptions,
  Controller,
  createApplication,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
} from 'treadle';

class Order {
  @IsInt()
  @Max(5)
  cups!: number;
}

@Controller()
class OrderController {
  @MessageMapping('/orders')
  @SendTo('/topic/orders')
  order(@Payload(Order) order: Order): Order {
    return order;
  }
}

/** What a handler got of `{ cups: 3, isPaid: true }`. */
async function receivedWith(options: ApplicationOptions): Promise<unknown> {
  await using application = createApplication({ controllers: [OrderController], logger: silentLogger, ...options });
  const client = await connect(application);
  const inbox = await client.subscribe('/topic/orders');
  await client.send('/app/orders', { cups: 3, isPaid: true });
  return await inbox.next(); // before the application stops
}

test('with the whitelist a handler gets only the properties that have rules', async () => {
  const received = await receivedWith({ validation: { whitelist: true } });

  expect(received).toEqual({ cups: 3 });
});

test('without the whitelist a handler gets what was sent', async () => {
  const received = await receivedWith({});

  expect(received).toEqual({ cups: 3, isPaid: true });
});

test('with forbidNonWhitelisted a property without rules is refused', async () => {
  const refused = receivedWith({ validation: { whitelist: true, forbidNonWhitelisted: true } });

  await expect(refused).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
});

test('the rules hold with any option', async () => {
  await using application = createApplication({
    controllers: [OrderController],
    logger: silentLogger,
    validation: { whitelist: true },
  });
  const client = await connect(application);

  const refused = client.send('/app/orders', { cups: 6 });

  await expect(refused).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' });
});
