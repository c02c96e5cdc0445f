import 'reflect-metadata';
import { IsInt, Max, Min } from 'class-validator';
import {
  ApplicationError,
  Controller,
  ControllerAdvice,
  createApplication,
  diagnostics,
  type HandlerFailedEvent,
  HandlerInfo,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendToUser,
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

class DatabaseError extends Error {}

@Controller()
class RoomController {
  @MessageMapping('/rooms')
  enter(): void {
    const seats = 0;
    if (seats === 0) throw new ApplicationError('ROOM_FULL', 'The room is full.', { details: { seats } });
  }

  @MessageMapping('/rooms/list')
  list(): void {
    throw new DatabaseError('connection refused by 10.0.0.7');
  }
}

@ControllerAdvice()
class ErrorAdvice {
  @MessageExceptionHandler(DatabaseError)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  unavailable(error: DatabaseError, handler: HandlerInfo) {
    console.error(`${handler.name} has no database`, error);
    return { reason: 'Please try again in a minute.' };
  }
}

export const application = createApplication({ controllers: [OrderController, RoomController, ErrorAdvice] });
