import 'reflect-metadata';
import { IsInt, Max, Min } from 'class-validator';
import {
  Controller,
  createApplication,
  diagnostics,
  type HandlerFailedEvent,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendToUser,
  silentLogger,
} from 'treadle';

class OutOfStock extends Error {}

class Order {
  @IsInt()
  @Min(1)
  @Max(10)
  cups!: number;
}

@Controller()
class OrderController {
  @MessageMapping('/orders')
  order(@Payload() { cups }: Order): void {
    if (cups > 5) throw new OutOfStock('five cups are left');
  }

  @MessageExceptionHandler(OutOfStock)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  refuse(error: OutOfStock) {
    return { reason: error.message };
  }
}

diagnostics.handlerFailed.subscribe((event) => {
  const { code, correlationId, handler } = event as HandlerFailedEvent;
  count(code, handler, correlationId);
});

export const failures: string[] = [];

function count(code: string, handler: string | undefined, correlationId: string): void {
  failures.push([code, handler, correlationId].join(' '));
}

export const application = createApplication({ controllers: [OrderController], logger: silentLogger });
