// The token endpoint (RFC 6749, section 4.1.3; RFC 7636, section 4.6): a code and its verifier, or a refresh token, for an ID token.
import { createHash, randomBytes } from 'node:crypto';
import type { Asked, Client } from './authorize.ts';
import type { Grants } from './grants.ts';
import type { Keys } from './keys.ts';

export interface Person {
  sub: string;
  name: string;
}

/** What a code stands for. */
export type CodeGrant = Asked & Person;

export interface TokenSettings {
  issuer: string;
  client: Client;
  keys: Keys;
  codes: Grants<CodeGrant>;
  refreshes: Grants<Person>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** How long an ID token is good, as Cognito's are by default. */
const TOKEN_S = 60 * 60;

export type TokenAnswer = { status: 200 | 400; body: Record<string, unknown> };

const refused = (error: string): TokenAnswer => ({ status: 400, body: { error } });

/** `fields`: the form that was posted. */
export function answerToken(fields: URLSearchParams, settings: TokenSettings): TokenAnswer {
  const { client, codes, refreshes } = settings;
  const field = (name: string) => fields.get(name) ?? '';
  if (field('client_id') !== client.clientId) return refused('invalid_client');
  switch (field('grant_type')) {
    case 'authorization_code': {
      const grant = codes.take(field('code'));
      const challenge = createHash('sha256').update(field('code_verifier')).digest('base64url');
      if (grant === undefined || grant.redirectUri !== field('redirect_uri'))
        return refused('invalid_grant');
      if (grant.challenge !== challenge) return refused('invalid_grant');
      return { status: 200, body: tokensFor(grant, settings, { nonce: grant.nonce }) };
    }
    case 'refresh_token': {
      const person = refreshes.take(field('refresh_token'));
      if (person === undefined) return refused('invalid_grant');
      return { status: 200, body: tokensFor(person, settings, {}) };
    }
    default:
      return refused('unsupported_grant_type');
  }
}

function tokensFor(
  { sub, name }: Person,
  { issuer, client, keys, refreshes, now }: TokenSettings,
  { nonce = '' }: { nonce?: string },
): Record<string, unknown> {
  const iat = Math.floor(now() / 1000);
  const who = { iss: issuer, aud: client.clientId, sub, preferred_username: name };
  const claims = { ...who, iat, exp: iat + TOKEN_S, ...(nonce === '' ? {} : { nonce }) };
  return {
    token_type: 'Bearer',
    expires_in: TOKEN_S,
    id_token: keys.sign(claims),
    // Opens nothing here; OpenID Connect wants one to be there.
    access_token: randomBytes(32).toString('base64url'),
    refresh_token: refreshes.give({ sub, name }),
  };
}
