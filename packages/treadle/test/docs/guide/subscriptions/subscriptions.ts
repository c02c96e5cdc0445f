import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import {
  Controller,
  createApplication,
  DestinationVariable,
  MessageMapping,
  Payload,
  reply,
  simpleBroker,
} from 'treadle';

class Car {
  @IsString() color!: string;
  @IsInt() price!: number;
}

@Controller()
@MessageMapping('/cars')
class CarController {
  @MessageMapping('/{town}')
  offer(@Payload() car: Car, @DestinationVariable('town') town: string) {
    return reply(car).to(`/topic/cars/${town}`).headers({ color: car.color, price: car.price });
  }
}

export const application = createApplication({ controllers: [CarController] });

export const withRabbitWildcards = createApplication({
  broker: simpleBroker({ wildcards: 'rabbitmq' }),
});
