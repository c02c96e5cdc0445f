import 'reflect-metadata';
import { brokerRelay, Controller, createApplication, MessageMapping, SendTo } from 'treadle';

@Controller()
class RoomController {
  @MessageMapping('/rooms/{room}')
  @SendTo('/topic/rooms/{room}')
  say(text: string): string {
    return text;
  }
}

export const application = createApplication({
  controllers: [RoomController],
  broker: brokerRelay({ url: 'stomp://chat:s3cret@127.0.0.1:61613' }),
});

export const patient = createApplication({
  controllers: [RoomController],
  broker: brokerRelay({ onBrokerLoss: 'hold', holdTimeMs: 5_000 }),
});

export const sharing = createApplication({
  controllers: [RoomController],
  broker: brokerRelay({ connections: 'shared' }),
});
