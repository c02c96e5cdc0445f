import { isUtf8 } from 'node:buffer';
import { MessageConversionError } from '../../foundation/errors.js';

/** A `content-type` header in its parts, both lower-case. */
interface ContentType {
  /** Such as `application/json`. */
  readonly mediaType: string;
  /** The `charset` parameter. */
  readonly charset: string | undefined;
}

/** Content types the framework writes by itself. */
export const TEXT = 'text/plain;charset=UTF-8';
export const JSON_TYPE = 'application/json';
export const OCTETS = 'application/octet-stream';

/** Reads `type/subtype; charset=…`; other parameters are ignored. */
function parseContentType(header: string): ContentType {
  const [mediaType = '', ...parameters] = header.split(';');
  let charset: string | undefined;
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=', 2);
    if (name.trim().toLowerCase() === 'charset') charset = value.trim().replaceAll('"', '').toLowerCase();
  }
  return { mediaType: mediaType.trim().toLowerCase(), charset };
}

/** `application/json` and `application/*+json` (Spring: `JacksonJsonMessageConverter`). */
export function isJson(header: string): boolean {
  if (header === JSON_TYPE) return true;
  const { mediaType } = parseContentType(header);
  return mediaType === JSON_TYPE || (mediaType.startsWith('application/') && mediaType.endsWith('+json'));
}

/** `text/*`. */
export function isText(header: string): boolean {
  return header === TEXT || parseContentType(header).mediaType.startsWith('text/');
}

/** Charsets beside UTF-8, by the labels of the WHATWG encoding standard. */
const OTHER_CHARSETS: readonly string[] = ['iso-8859-1', 'latin1', 'us-ascii', 'ascii', 'windows-1252', 'utf-16le'];

/**
 * The text of octets in the header's charset; UTF-8 when it names none. `latin1` and `us-ascii` are read as browsers do, as windows-1252.
 * @throws MessageConversionError `PAYLOAD_UNREADABLE` when the octets are not of that charset, or the charset is none of those above
 */
export function decodeText(octets: Uint8Array, header: string | undefined): string {
  const charset = declaredCharset(header);
  if (charset === undefined) return decodeUtf8(octets);
  if (!OTHER_CHARSETS.includes(charset)) {
    throw new MessageConversionError('PAYLOAD_UNREADABLE', `the charset '${charset}' is not supported; send UTF-8`);
  }
  try {
    return new TextDecoder(charset, { fatal: true }).decode(octets);
  } catch (error) {
    throw new MessageConversionError('PAYLOAD_UNREADABLE', `the payload is not valid ${charset}`, { cause: error });
  }
}

/** The octets of text that is sent under this content type. @throws MessageConversionError `PAYLOAD_UNWRITABLE` when it names another charset than UTF-8 */
export function encodeText(text: string, header: string | undefined): Uint8Array {
  const charset = declaredCharset(header);
  if (charset === undefined || charset === 'us-ascii') return Buffer.from(text, 'utf8');
  throw new MessageConversionError(
    'PAYLOAD_UNWRITABLE',
    `text is written as UTF-8, not as '${charset}': encode it yourself and send the octets`,
  );
}

/** The charset a content type names, or `undefined` for UTF-8. */
function declaredCharset(header: string | undefined): string | undefined {
  if (header === undefined || !header.includes(';')) return undefined;
  const { charset } = parseContentType(header);
  return charset === 'utf-8' || charset === 'utf8' ? undefined : charset;
}

function decodeUtf8(octets: Uint8Array): string {
  if (!isUtf8(octets)) throw new MessageConversionError('PAYLOAD_UNREADABLE', 'the payload is not valid UTF-8');
  return asBuffer(octets).toString('utf8');
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}
