import 'reflect-metadata';
import { IsInt, IsString, Length, Min } from 'class-validator';
import {
  Controller,
  createApplication,
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SendToUser,
  silentLogger,
  SimpMessagingTemplate,
  SubscribeMapping,
} from 'treadle';
import { AuctionHouse, BidRefused } from './auction-house.js';

class NewBid {
  @IsString()
  @Length(1, 20)
  readonly lot!: string;

  @IsInt()
  @Min(1)
  readonly amount!: number;
}

@Controller()
@MessageMapping('/auctions/{auction}')
class AuctionController {
  constructor(
    private readonly house: AuctionHouse,
    private readonly template: SimpMessagingTemplate,
  ) {}

  @SubscribeMapping('/lots')
  lots(@DestinationVariable('auction') auction: string) {
    return this.house.lotsOf(auction);
  }

  @MessageMapping('/bids')
  @SendTo('/topic/auctions/{auction}')
  async bid(
    @Payload() { lot, amount }: NewBid,
    @DestinationVariable('auction') auction: string,
    @Principal() bidder: Principal,
    @Header('source', { defaultValue: 'web' }) source: string,
  ) {
    const bid = { lot, amount, bidder: bidder.name };
    const outbid = this.house.bid(auction, bid);
    if (outbid) await this.template.convertAndSendToUser(outbid.bidder, '/queue/outbid', bid);
    return { ...bid, source };
  }

  @MessageExceptionHandler(BidRefused)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  refused(refusal: BidRefused) {
    return { reason: refusal.message };
  }
}

export const application = createApplication({
  controllers: [AuctionController],
  services: [AuctionHouse],
  endpoints: ['/auctions'],
  authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
  logger: silentLogger, // leave it out to log to the console
});
