// The ids API Gateway gives to connections, requests and messages.
import { randomBytes } from 'node:crypto';

/** 16 characters that end in `=`, like AWS's `L0SM9cOFvHcCIhw=`: 11 random bytes in URL-safe base64. */
export function newId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}
