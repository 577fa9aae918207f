// The keys of the small issuer: one RSA pair, kept in the data folder so that tokens outlive a restart, or in memory.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Keys {
  /** The public half as a JWK (RFC 7517). */
  jwk: Record<string, unknown>;
  /** A JWT with these claims, signed with RS256. */
  sign(claims: Record<string, unknown>): string;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** `file`: where the private key is kept as PEM, readable by its owner alone; undefined keeps it in memory. */
export function openKeys(file: string | undefined): Keys {
  const key = file === undefined ? newKey() : kept(file);
  const { kty, n, e } = createPublicKey(key).export({ format: 'jwk' });
  // Its thumbprint (RFC 7638): another key never has the same name.
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return {
    jwk: { kty, n, e, kid, alg: 'RS256', use: 'sig' },
    sign(claims) {
      const body = `${part({ alg: 'RS256', typ: 'JWT', kid })}.${part(claims)}`;
      return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
    },
  };
}

const newKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

function kept(file: string): KeyObject {
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const key = newKey();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return key;
}
