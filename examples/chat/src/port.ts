import { SettingInvalidError } from './setting-invalid-error.js';

/** Reads `PORT`; 8080 when it is not set, `0` means any free one. @throws SettingInvalidError */
export function portOf(text = '8080'): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new SettingInvalidError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}
