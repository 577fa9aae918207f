// An issuer for tests: keys, a JWKS at an address of its own, and tokens of every kind, sound and not.
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { hangUp, listen } from '../../local/http/listen.ts';

type Json = Record<string, unknown>;

export interface TestIssuer {
  issuer: string;
  audience: string;
  /** How often its keys were asked for. */
  asked(): number;
  /** Answers this status from now on; 200 is healthy. */
  answers(status: number): void;
  /** A sound token of this user for an hour, with these claims and this header changed; undefined takes one away. */
  token(claims?: Json, header?: Json): string;
  /** The same, signed with the public key as though it were a shared secret. */
  forgedByHmac(): string;
  /** The same claims, with no signature that counts. */
  unsigned(signature?: string): string;
  /** The same, signed by a stranger under this issuer's kid. */
  ofStranger(): string;
  /** New keys take the place of the old ones, or stand beside them. */
  rotate(): void;
  stop(): Promise<void>;
}

const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startTestIssuer(audience = 'page'): Promise<TestIssuer> {
  const { server, port, open } = await listen('--port', 0);
  const issuer = `http://127.0.0.1:${port}`;
  let keys = { kid: randomUUID(), ...pair() };
  const stranger = pair();
  let asked = 0;
  let status = 200;
  open({
    origins: [],
    linked: false,
    answer(_, res) {
      asked += 1;
      const key = { ...keys.publicKey.export({ format: 'jwk' }), kid: keys.kid, alg: 'RS256' };
      res.writeHead(status).end(JSON.stringify({ keys: [{ ...key, use: 'sig' }] }));
    },
  });

  const bodyOf = (claims: Json, header: Json) => {
    const now = Math.floor(Date.now() / 1000);
    const sound = { iss: issuer, aud: audience, sub: 'ada', iat: now, exp: now + 3600 };
    return `${part({ alg: 'RS256', kid: keys.kid, ...header })}.${part({ ...sound, ...claims })}`;
  };
  const signed = (body: string, key: KeyObject) =>
    `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;

  return {
    issuer,
    audience,
    asked: () => asked,
    answers(next) {
      status = next;
    },
    token: (claims = {}, header = {}) => signed(bodyOf(claims, header), keys.privateKey),
    forgedByHmac() {
      const body = bodyOf({}, { alg: 'HS256' });
      const secret = keys.publicKey.export({ type: 'spki', format: 'pem' });
      return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
    },
    unsigned: (signature = '') => `${bodyOf({}, { alg: 'none' })}.${signature}`,
    ofStranger: () => signed(bodyOf({}, {}), stranger.privateKey),
    rotate() {
      keys = { kid: randomUUID(), ...pair() };
    },
    stop: () => hangUp(server),
  };
}
