// Signing in at an issuer as a browser does: its real endpoints, a verifier of one's own, the name typed into its form.
import { createHash, randomBytes } from 'node:crypto';

export interface Question {
  issuer: string;
  /** Where one is sent back to. */
  redirectUri: string;
  clientId?: string;
}

export const challengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url');

/** The fields of a sound authorization request, with these changed; undefined takes one away. */
export function questionOf(
  { redirectUri, clientId = 'hubbub-page' }: Question,
  changed: Record<string, string | undefined> = {},
): URLSearchParams {
  const fields = {
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state: 'state' },
    ...{ scope: 'openid profile', nonce: 'nonce', code_challenge_method: 'S256' },
    code_challenge: challengeOf('v'.repeat(43)),
    ...changed,
  };
  const told = Object.entries(fields).filter((field): field is [string, string] => {
    return field[1] !== undefined;
  });
  return new URLSearchParams(told);
}

/** Types the name, follows to the code. */
export async function codeFor(
  question: Question,
  name: string,
  changed: Record<string, string | undefined> = {},
): Promise<string> {
  const body = questionOf(question, changed);
  body.set('name', name);
  const answer = await fetch(`${question.issuer}/authorize`, {
    method: 'POST',
    body,
    redirect: 'manual',
  });
  const back = new URL(answer.headers.get('location') ?? 'none:');
  return back.searchParams.get('code') ?? '';
}

/** Posts to the token endpoint. */
export async function exchange(
  issuer: string,
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, string> }> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

/** The whole way, to the ID token. */
export async function signIn(question: Question, name: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const code = await codeFor(question, name, { code_challenge: challengeOf(verifier) });
  const { body } = await exchange(question.issuer, {
    ...{ grant_type: 'authorization_code', client_id: question.clientId ?? 'hubbub-page' },
    ...{ code, redirect_uri: question.redirectUri, code_verifier: verifier },
  });
  return body.id_token ?? '';
}
