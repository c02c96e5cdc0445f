import {
  Concurrent,
  Controller,
  ControllerAdvice,
  DestinationVariable,
  EventListener,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  MessageScoped,
  Payload,
  Principal,
  Scheduled,
  SendTo,
  SendToUser,
  SessionConnectedEvent,
  SessionScoped,
  SubscribeMapping,
  TimeLimit,
  UseInterceptors,
} from 'treadle';

// Where each decorator may stand.

@Controller()
@MessageMapping('/a', '/b')
@SendTo('/topic/all')
@SendToUser('/queue/all')
@Concurrent(4)
@TimeLimit(500)
@UseInterceptors()
export class Everywhere {
  @MessageMapping('/x', '/y')
  @SendTo()
  @SendToUser({ destinations: ['/queue/x'], broadcast: false })
  @Concurrent(Infinity)
  @TimeLimit(500)
  @UseInterceptors()
  message(): void {}

  @SubscribeMapping('/x')
  subscription(): void {}

  @MessageExceptionHandler(TypeError, RangeError)
  failure(_error: TypeError | RangeError): void {}

  @Scheduled({ fixedRate: 1_000 })
  tick(): void {}

  @EventListener(SessionConnectedEvent)
  connected(_event: SessionConnectedEvent): void {}
}

@ControllerAdvice({ controllers: [Everywhere], order: 1 })
export class Advice {}

@SessionScoped()
export class PerSession {}

@MessageScoped()
export class PerMessage {}

// @ts-expect-error -- a subscription mapping belongs to a method
@SubscribeMapping('/x')
export class WronglySubscribed {}

// @ts-expect-error -- errors are handled by methods
@MessageExceptionHandler(Error)
export class WronglyHandling {}

// @ts-expect-error -- only methods run on a schedule
@Scheduled({ fixedRate: 1_000 })
export class WronglyScheduled {}

export class WrongTargets {
  // @ts-expect-error -- a controller is a class
  @Controller()
  method(): void {}

  // @ts-expect-error -- an advice is a class
  @ControllerAdvice()
  advice(): void {}

  // @ts-expect-error -- a scope belongs to a class
  @SessionScoped()
  scoped(): void {}

  // @ts-expect-error -- a payload is a parameter
  @Payload(String)
  property!: string;

  // @ts-expect-error -- a principal is a parameter
  @Principal()
  principal(): void {}
}

export class WrongConstructor {
  constructor(
    // @ts-expect-error -- handlers are methods, so a constructor gets no headers
    @Header('x', String) _header: string,
    // @ts-expect-error -- nor variables
    @DestinationVariable('x', String) _variable: string,
  ) {}
}

export class WrongArguments {
  // @ts-expect-error -- patterns are text
  @MessageMapping(/x/)
  pattern(): void {}

  // @ts-expect-error -- patterns are listed one by one, not as an array
  @MessageMapping(['/x'])
  patterns(): void {}

  // @ts-expect-error -- there is no such option
  @SendToUser({ destination: '/queue/x' })
  misspelled(): void {}

  // @ts-expect-error -- broadcast is a boolean
  @SendToUser({ broadcast: 'no' })
  mistyped(): void {}

  // @ts-expect-error -- only errors are handled
  @MessageExceptionHandler(Date)
  date(): void {}

  // @ts-expect-error -- types are classes, not names
  @MessageExceptionHandler('TypeError')
  named(): void {}

  // @ts-expect-error -- a schedule has a trigger
  @Scheduled({})
  never(): void {}

  // @ts-expect-error -- one trigger, not two
  @Scheduled({ fixedRate: 1_000, cron: '0 0 * * * *' })
  twice(): void {}

  // @ts-expect-error -- a time zone is one of the calendar
  @Scheduled({ fixedDelay: 1_000, timeZone: 'Europe/Berlin' })
  zoned(): void {}

  // @ts-expect-error -- the calendar says when it runs first
  @Scheduled({ cron: '0 0 * * * *', initialDelay: 1_000 })
  delayed(): void {}

  // @ts-expect-error -- Spring's `zone` is `timeZone` here
  @Scheduled({ cron: '0 0 * * * *', zone: 'Europe/Berlin' })
  misnamed(): void {}

  // @ts-expect-error -- a number of messages
  @Concurrent('4')
  concurrent(): void {}

  // @ts-expect-error -- a listener takes the event it names
  @EventListener(SessionConnectedEvent)
  event(_event: Date): void {}
}
