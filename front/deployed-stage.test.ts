// What is read of a deployed stage, and which half-answered or contradicting stages are refused.
import { expect, test } from '@jest/globals';
import { readDeployedStage } from './deployed-stage.ts';

const SOCKET = 'wss://abcdefghij.execute-api.eu-central-1.amazonaws.com/dev';
const POLICY = `default-src 'none'; connect-src 'self' ${SOCKET} wss://ws.chat.example.com  ; base-uri 'none'`;
const FRONT = {
  SiteBucket: 'bucket',
  SiteUrl: 'https://d1.cloudfront.net',
  SiteId: 'E1',
  ContentPolicy: POLICY,
};
const API = { WebSocketUrl: SOCKET, AuthMode: 'guest', OidcIssuer: 'none', OidcAudience: 'none' };

const stack = (outputs: Record<string, string>) => ({
  Stacks: [
    {
      Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
        OutputKey,
        OutputValue,
      })),
    },
  ],
});
const without = (outputs: Record<string, string>, key: string) =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => name !== key));
const read = (front: Record<string, string>, api: Record<string, string>) =>
  readDeployedStage('dev', stack(front), stack(api));

test('with CloudFront the page carries no policy, and guests have no issuer', () => {
  expect(read(FRONT, API)).toEqual({
    bucket: 'bucket',
    distribution: 'E1',
    url: 'https://d1.cloudfront.net',
    policy: undefined,
    config: { websocket: SOCKET, stage: 'dev', auth: 'guest' },
  });
});

test('without CloudFront the page carries the policy of the template', () => {
  const { distribution, policy } = read(without(FRONT, 'SiteId'), API);
  expect([distribution, policy]).toEqual([undefined, POLICY]);
});

test('where people sign in, the page is told where and as which client', () => {
  const oidc = { AuthMode: 'oidc', OidcIssuer: 'https://issuer.example', OidcAudience: 'page' };
  expect(read(FRONT, { ...API, ...oidc }).config).toEqual({
    websocket: SOCKET,
    stage: 'dev',
    auth: 'oidc',
    issuer: 'https://issuer.example',
    clientId: 'page',
  });
});

test('the socket’s own host name counts, once the policy allows it', () => {
  const own = { ...API, DomainWebSocketUrl: 'wss://ws.chat.example.com' };
  expect(read(FRONT, own).config.websocket).toBe('wss://ws.chat.example.com');
  const other = { ...API, DomainWebSocketUrl: 'wss://ws.example.org' };
  expect(() => read(FRONT, other)).toThrow(
    'does not allow wss://ws.example.org; deploy the stage again: SOCKET_DOMAIN=ws.example.org npm run deploy -- dev',
  );
  const stale = { ...FRONT, ContentPolicy: "connect-src 'self'" };
  expect(() => read(stale, API)).toThrow(
    `${SOCKET}; deploy the stage again: npm run deploy -- dev`,
  );
});

test.each(['SiteBucket', 'SiteUrl', 'ContentPolicy'])('front without %s is refused', (key) => {
  expect(() => read(without(FRONT, key), API)).toThrow(
    `The stack hubbub-dev-front has no output ${key}: deploy it first.`,
  );
});

test.each(['WebSocketUrl', 'AuthMode'])('api without %s is refused, and with it empty', (key) => {
  const words = `The stack hubbub-dev-api has no output ${key}: deploy it first.`;
  expect(() => read(FRONT, without(API, key))).toThrow(words);
  expect(() => read(FRONT, { ...API, [key]: '' })).toThrow(words);
});

test('sign-in on a website without TLS is refused', () => {
  const oidc = { ...API, AuthMode: 'oidc', OidcIssuer: 'https://i.example', OidcAudience: 'p' };
  expect(() => read(without(FRONT, 'SiteId'), oidc)).toThrow('for guests only');
});
