import {
  ApplicationError,
  ArgumentError,
  ControllerAdvice,
  ERRORS,
  MessageConversionError,
  MessageExceptionHandler,
  PayloadValidationError,
  SendToUser,
} from 'treadle';
import type { Refusal } from './trades/refusal.js';

/**
 * What clients do wrong is answered to the window that did it, whichever controller found it, and its session goes on. Whatever else a
 * handler throws is a fault of ours: Treadle logs it and tells the client a code and a correlation id at `/user/queue/errors`.
 */
@ControllerAdvice()
@SendToUser({ destinations: ['/queue/errors'], broadcast: false })
export class RefusalAdvice {
  @MessageExceptionHandler()
  refuse({ code, message, details }: ApplicationError): Refusal {
    return { code, message, ...(details && { details }) };
  }

  @MessageExceptionHandler()
  refusePayload({ code, issues }: PayloadValidationError): Refusal {
    return { code, message: issues.map(({ message }) => message).join(' '), issues };
  }

  @MessageExceptionHandler(ArgumentError, MessageConversionError)
  refuseMessage({ code }: ArgumentError | MessageConversionError): Refusal {
    return { code, message: ERRORS[code] };
  }
}
