import type { HeaderWay } from './packed-headers.js';

/** What ActiveMQ reads, with the values that may be written: others end the connection, or come back as something else. */
const READ: Readonly<Record<string, (value: string) => boolean>> = {
  persistent: (value) => value === 'true',
  // Those it adds to every message are taken off again, and so would the sender's.
  priority: (value) => /^[0-9]$/.test(value) && value !== ADDED_PRIORITY,
  expires: (value) => /^[1-9]\d{0,15}$/.test(value),
};

/** Never written: they convert bodies, make temporary queues, or are the broker's own word. */
const HELD_BACK: ReadonlySet<string> = new Set(['', 'timestamp', 'reply-to', 'amq-msg-type', 'browser']);

/** Properties that JMS and ActiveMQ set on messages, schedule them or configure consumers with. */
const PROPERTIES = /^(?:JMS|AMQ_|activemq\.|transformation)/;

/** What every message has that says nothing else (JMS: `Message.DEFAULT_PRIORITY`). */
const ADDED_PRIORITY = '4';

/** What ActiveMQ makes of a header of SEND (ActiveMQ: `FrameTranslator.Helper`). */
export function activeMqHeaderWay(name: string, value: string): HeaderWay {
  const isAllowed = Object.hasOwn(READ, name) ? READ[name] : undefined;
  if (isAllowed) return isAllowed(value) ? 'plain' : 'packed';
  // Keeps messages of a group with one consumer (JMS); receivers are not told.
  if (name === 'JMSXGroupID') return 'both';
  if (HELD_BACK.has(name) || PROPERTIES.test(name)) return 'packed';
  // A STOMP 1.0 receiver gets what is escaped here as the end of a line, and behind it a header that nobody sent.
  return hasLineEnd(name) || hasLineEnd(value) ? 'packed' : 'plain';
}

/** Whether ActiveMQ adds it to messages that have none. */
export function isAddedByActiveMq(name: string, value: string): boolean {
  if (name === 'timestamp' || name === 'JMSXUserID') return true;
  return (name === 'expires' && value === '0') || (name === 'priority' && value === ADDED_PRIORITY);
}

function hasLineEnd(text: string): boolean {
  return text.includes('\n') || text.includes('\r');
}
