// The authorize endpoint (RFC 6749, section 4.1.1): whether a question may be answered at all, and to whom what is wrong is told.

export interface Client {
  clientId: string;
  /** Where its users may be sent back to, letter for letter. */
  redirectUris: string[];
}

/** What an authorization request asks for, once it is known to be sound. */
export interface Asked {
  redirectUri: string;
  state: string;
  nonce: string;
  /** SHA-256 of the verifier in base64url (RFC 7636): the only method there is. */
  challenge: string;
  /** `prompt=none`: answer at once, and show no page (OpenID Connect Core, section 3.1.2.1). */
  isSilent: boolean;
}

/** `page`: told here, because nobody knows whom one would send back; `back`: the address that tells the client. */
export type Answer = { asked: Asked } | { page: string } | { back: string };

export function readQuestion(query: URLSearchParams, client: Client): Answer {
  const all = (name: string) => query.getAll(name);
  const one = (name: string) => (all(name).length === 1 ? (all(name)[0] ?? '') : '');
  if (one('client_id') !== client.clientId) return { page: 'There is no such client.' };
  const redirectUri = one('redirect_uri');
  if (!client.redirectUris.includes(redirectUri))
    return { page: 'The client may not send its users there.' };
  const state = one('state');
  const wrong = (error: string, error_description: string) => ({
    back: backTo(redirectUri, { error, error_description, state }),
  });
  if (one('response_type') !== 'code')
    return wrong('unsupported_response_type', 'Only code is supported.');
  if (!one('scope').split(' ').includes('openid'))
    return wrong('invalid_scope', 'The scope must hold openid.');
  const challenge = one('code_challenge');
  if (one('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    return wrong('invalid_request', 'PKCE is needed, with the method S256.');
  const prompts = one('prompt').split(' ');
  const isSilent = prompts.includes('none');
  if (isSilent && prompts.length > 1)
    return wrong('invalid_request', 'The prompt none stands alone.');
  return { asked: { redirectUri, state, nonce: one('nonce'), challenge, isSilent } };
}

export function backTo(redirectUri: string, fields: Record<string, string>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(fields))
    if (value !== '') url.searchParams.set(name, value);
  return url.href;
}
