// The token of a hello: a JWT, verified against the stack's issuer, audience and keys. It is never logged, nor is any part of it.

import { JwtVerifier } from 'aws-jwt-verify';
import {
  FetchError,
  JwksValidationError,
  JwtBaseError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { env } from '../../../shared/src/env.ts';
import { Refused } from '../../../shared/src/protocol/errors.ts';

const issuer = env('OIDC_ISSUER');
const audience = env('OIDC_AUDIENCE');
const named = env('OIDC_JWKS_URI');
/** Cognito's, and that of most issuers; another is named by the stack. */
const jwksUri = named === 'none' ? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json` : named;

/** Keys that the issuer withdrew are trusted no longer than this; new ones are fetched when a token first names them. */
const KEYS_MS = 60 * 60_000;
const FETCH_MS = 3_000;
/** The last second that a Date knows: no table, and no clock, takes any number that JSON can write. */
const LAST_S = 8.64e12;

/** What the verified token says of its user. */
export interface TokenClaims {
  sub: string;
  /** Epoch seconds. */
  exp: number;
  /** By which names it calls them, the most deliberate first; any text. */
  names: string[];
}

/** The library's own fetcher takes https only; which addresses an issuer may have is the template's to say. */
const fetcher = {
  async fetch(uri: string): Promise<ArrayBuffer> {
    try {
      const answer = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
      if (answer.ok) return await answer.arrayBuffer();
      throw new FetchError(uri, `Status code is ${answer.status}, expected 200`);
    } catch (error) {
      if (error instanceof FetchError) throw error;
      throw new FetchError(uri, error instanceof Error ? error.message : String(error));
    }
  },
};

const newVerifier = () =>
  JwtVerifier.create(
    { issuer, audience, jwksUri },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );

let verifier = newVerifier();
let since = Date.now();

/**
 * Throws `BadToken` for whatever is not a token of this issuer, for this audience, signed by one of its keys with an
 * asymmetric algorithm, begun and not expired; `Busy` where the issuer's keys cannot be had, or not yet: the library asks for
 * unknown ones at most every ten seconds.
 */
export async function verifyToken(token: string): Promise<TokenClaims> {
  if (Date.now() - since > KEYS_MS) {
    verifier = newVerifier();
    since = Date.now();
  }
  const { sub, exp, ...rest } = await verify(token);
  // Tokens without an end, which RFC 7519 allows, would be passwords.
  if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number' || exp <= Date.now() / 1000)
    throw new Refused('BadToken');
  const names = [rest.preferred_username, rest.name, rest.nickname];
  return {
    sub,
    exp: Math.min(Math.floor(exp), LAST_S),
    names: names.filter((name) => typeof name === 'string'),
  };
}

async function verify(token: string): Promise<Record<string, unknown>> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof FetchError || error instanceof JwksValidationError) {
      console.error({
        message: 'the issuer’s keys could not be fetched',
        jwksUri,
        error: error.message,
      });
      throw new Refused('Busy');
    }
    // The key may be one that the issuer has just begun to use: anybody's made-up one must not sign out whoever has it.
    if (error instanceof WaitPeriodNotYetEndedJwkError) throw new Refused('Busy');
    // What the library says may quote the token's claims: its sender knows them, a log need not.
    if (error instanceof JwtBaseError || error instanceof SyntaxError)
      throw new Refused('BadToken');
    throw error;
  }
}
