import 'reflect-metadata';
import { IsArray } from 'class-validator';
import {
  Controller,
  type ConvertedPayload,
  createApplication,
  type Message,
  MessageConversionError,
  type MessageConverter,
  MessageMapping,
  Payload,
  SendTo,
} from 'treadle';

export class Table {
  @IsArray()
  readonly rows: readonly (readonly string[])[];

  constructor(rows: readonly (readonly string[])[]) {
    this.rows = rows;
  }
}

class TableConverter implements MessageConverter {
  fromMessage({ contentType, payload }: Message, target: unknown): unknown {
    if (contentType !== 'text/csv' || target !== Table) return undefined; // not mine: the next one is asked
    const text = Buffer.from(payload).toString('utf8');
    if (text.includes('"')) throw new MessageConversionError('PAYLOAD_UNREADABLE', 'quotes are not supported');
    return new Table(text.split('\n').map((line) => line.split(',')));
  }

  toOctets(payload: unknown, contentType: string | undefined): ConvertedPayload | undefined {
    if (!(payload instanceof Table) || (contentType ?? 'text/csv') !== 'text/csv') return undefined;
    return { octets: Buffer.from(payload.rows.join('\n')), contentType: 'text/csv' };
  }
}

@Controller()
class TableController {
  @MessageMapping('/tables')
  @SendTo('/topic/tables')
  turnAround(@Payload(Table) { rows }: Table): Table {
    return new Table(rows.toReversed());
  }
}

export const application = createApplication({
  controllers: [TableController],
  messageConverters: [new TableConverter()],
});
