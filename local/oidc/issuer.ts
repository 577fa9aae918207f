// A small OpenID Connect issuer: believes any name, and signs real tokens, so that what verifies them on AWS runs here as it is.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../http/body.ts';
import { backTo, type Client, readQuestion } from './authorize.ts';
import { createGrants } from './grants.ts';
import type { Keys } from './keys.ts';
import { askName, STYLE, tellWrong } from './page.ts';
import { answerToken, type CodeGrant, type Person } from './token.ts';

export interface IssuerSettings {
  /** Its own address, without a slash at the end: the `iss` of its tokens. */
  issuer: string;
  client: Client;
  keys: Keys;
  now?: () => number;
}

export interface Issuer {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

const CODE_MS = 60_000;
const REFRESH_MS = 24 * 60 * 60_000;
/** As Cognito's managed login: an hour from when the name was typed, however often it is used meanwhile. */
const SESSION_MS = 60 * 60_000;
const BODY_BYTES = 16 * 1024;

/** The same name is the same user, however it is written. */
const subOf = (name: string): string =>
  `local|${createHash('sha256').update(name.normalize('NFKC').toLowerCase()).digest('base64url').slice(0, 22)}`;

/** Where the product looks for an issuer's keys that is given no other place. */
export const jwksUriOf = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;

export function createIssuer({ issuer, client, keys, now = Date.now }: IssuerSettings): Issuer {
  const codes = createGrants<CodeGrant>(CODE_MS, now);
  const refreshes = createGrants<Person>(REFRESH_MS, now);
  const sessions = createGrants<Person>(SESSION_MS, now);
  // Cookies do not tell ports apart, and several issuers may run on one machine.
  const cookie = `issuer-session-${new URL(issuer).port}`;
  const discovery = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: jwksUriOf(issuer),
    revocation_endpoint: `${issuer}/revoke`,
    end_session_endpoint: `${issuer}/logout`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    prompt_values_supported: ['none'],
    scopes_supported: ['openid', 'profile'],
  };
  // A browser holds a form's redirect to form-action too.
  const mayPost = client.redirectUris.map((uri) => new URL(uri).origin).join(' ');
  const policy = `default-src 'none'; style-src 'self'; form-action 'self' ${mayPost}; frame-ancestors 'none'; base-uri 'none'`;

  const html = (res: ServerResponse, status: number, body: string) => {
    res.setHeader('content-security-policy', policy);
    send(res, status, 'text/html; charset=utf-8', body);
  };
  const json = (res: ServerResponse, status: number, body: object) => {
    // The port refuses foreign pages; which of its own asks makes no difference to the answer.
    res.setHeader('access-control-allow-origin', '*');
    send(res, status, 'application/json', JSON.stringify(body));
  };

  const sessionIn = (req: IncomingMessage): string =>
    new RegExp(`(?:^|; )${cookie}=([\\w-]+)`).exec(req.headers.cookie ?? '')?.[1] ?? '';
  const keepSession = (res: ServerResponse, session: string, seconds: number) =>
    res.setHeader(
      'set-cookie',
      `${cookie}=${session}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax`,
    );

  function authorize(req: IncomingMessage, res: ServerResponse, fields: URLSearchParams) {
    const answer = readQuestion(fields, client);
    if ('page' in answer) return html(res, 400, tellWrong(answer.page));
    if ('back' in answer) return redirect(res, answer.back);
    const { redirectUri, state, isSilent } = answer.asked;
    const sendBack = (person: Person) => {
      const code = codes.give({ ...answer.asked, ...person });
      redirect(res, backTo(redirectUri, { code, state }));
    };
    if (isSilent) {
      const person = sessions.look(sessionIn(req));
      if (person !== undefined) return sendBack(person);
      const error_description = 'Nobody is signed in here.';
      return redirect(
        res,
        backTo(redirectUri, { error: 'login_required', error_description, state }),
      );
    }
    if (req.method !== 'POST') return html(res, 200, askName(fields));
    const name = (fields.get('name') ?? '').trim();
    if (name === '' || name.length > 64 || /\p{C}/u.test(name))
      return html(res, 400, askName(fields, 'Say a name of 1 to 64 letters.'));
    const person = { name, sub: subOf(name) };
    keepSession(res, sessions.give(person), SESSION_MS / 1000);
    sendBack(person);
  }

  /** RFC 7009: a token that is not known is as good as revoked. */
  function revoke(res: ServerResponse, fields: URLSearchParams) {
    if (fields.get('client_id') !== client.clientId)
      return json(res, 400, { error: 'invalid_client' });
    const token = fields.get('token') ?? '';
    if (token === '') return json(res, 400, { error: 'invalid_request' });
    refreshes.take(token);
    json(res, 200, {});
  }

  function logout(req: IncomingMessage, res: ServerResponse, query: URLSearchParams) {
    const back = query.get('logout_uri') ?? query.get('post_logout_redirect_uri') ?? '';
    if (!client.redirectUris.includes(back))
      return html(res, 400, tellWrong('The client may not send its users there.'));
    sessions.take(sessionIn(req));
    keepSession(res, '', 0);
    redirect(res, back);
  }

  return {
    async handle(req, res) {
      const url = new URL(req.url ?? '/', issuer);
      res.setHeader('cache-control', 'no-store');
      // With no-referrer a browser sends `Origin: null` with this page's own form, which the port refuses.
      res.setHeader('referrer-policy', 'same-origin');
      res.setHeader('x-content-type-options', 'nosniff');
      switch (`${req.method} ${url.pathname}`) {
        case 'GET /.well-known/openid-configuration':
          return json(res, 200, discovery);
        case 'GET /.well-known/jwks.json':
          return json(res, 200, { keys: [keys.jwk] });
        case 'GET /authorize':
          return authorize(req, res, url.searchParams);
        case 'POST /authorize':
        case 'POST /revoke':
        case 'POST /token': {
          const body = await bodyOf(req, BODY_BYTES);
          if (body === undefined) return send(res, 413, 'text/plain; charset=utf-8', '413\n');
          const fields = new URLSearchParams(body.toString());
          if (url.pathname === '/authorize') return authorize(req, res, fields);
          if (url.pathname === '/revoke') return revoke(res, fields);
          const settings = { issuer, client, keys, codes, refreshes, now };
          const answer = answerToken(fields, settings);
          return json(res, answer.status, answer.body);
        }
        case 'GET /logout':
          return logout(req, res, url.searchParams);
        case 'GET /style.css':
          return send(res, 200, 'text/css; charset=utf-8', STYLE);
        default:
          return send(res, 404, 'text/plain; charset=utf-8', '404\n');
      }
    },
  };
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, { 'content-type': type });
  res.end(body);
}

function redirect(res: ServerResponse, to: string): void {
  // 303: what was posted is not posted again.
  res.writeHead(303, { location: to });
  res.end();
}
