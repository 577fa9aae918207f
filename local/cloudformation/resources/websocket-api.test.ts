// Routes, which of them answer, and what API Gateway's part of a template may not say.
import { describe, expect, test } from '@jest/globals';
import { api, FUNCTION, planOf, refusalOf } from '../../testing/templates.ts';

const CHAT = (route: string, more = '') => `  Chat:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      StageName: dev
      Routes: { sendMessage: { FunctionArn: !GetAtt Greet.Arn${route} } }
${more}`;

const RESPONSE = `  Answer:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: { ApiId: !Ref Chat, RouteId: !Ref ChatSendmessageRoute, RouteResponseKey: $default }
`;

describe('a WebSocket API', () => {
  const SELECTS = ', RouteResponseSelectionExpression: $default';

  test.each([
    ['neither', '', '', false],
    ['the selection expression alone', SELECTS, '', false],
    ['both', SELECTS, RESPONSE, true],
  ])('with %s on a route answers: %s%s', (_, route, response, responds) => {
    const [chat] = planOf(api(FUNCTION() + CHAT(route) + response)).apis;
    expect(chat).toMatchObject({ name: 'Chat', stage: 'dev', selectionField: 'action' });
    expect(chat?.routes.sendMessage).toMatchObject({ responds, timeoutMs: 29_000 });
  });

  test('refuses a route response whose route selects none, as it would answer nothing', () => {
    expect(refusalOf(api(FUNCTION() + CHAT('') + RESPONSE)).path).toBe(
      'Resources.Answer.Properties',
    );
  });

  test('refuses a route to a function that no template makes', () => {
    const elsewhere = CHAT('').replace(
      '!GetAtt Greet.Arn',
      'arn:aws:lambda:us-east-1:1:function:x',
    );
    expect(refusalOf(api(FUNCTION() + elsewhere)).message).toContain('route sendMessage');
  });

  test.each([
    ['$request.body.action', '$request.header.action', 'RouteSelectionExpression'],
    ['sendMessage:', 'send-message:', 'Routes.send-message'],
    ['{ FunctionArn', '{ ApiKeyRequired: true, FunctionArn', 'Routes.sendMessage.ApiKeyRequired'],
    ['StageName: dev', 'Auth: { AuthType: AWS_IAM }', 'Properties.Auth'],
  ])('with %s made %s is refused', (from, to, path) => {
    expect(refusalOf(api(FUNCTION() + CHAT('').replace(from, to))).path).toContain(path);
  });
});

describe('the throttles of a stage', () => {
  const DEFAULT = '{ ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 7 }';
  const settings = (more: string) =>
    api(
      FUNCTION() +
        CHAT('')
          .replace('sendMessage:', 'ping: { FunctionArn: !GetAtt Greet.Arn }, sendMessage:')
          .replace('StageName: dev', `StageName: dev\n${more}`),
    );
  const defaults = (limits: string) => settings(`      DefaultRouteSettings: ${limits}`);
  const own = (limits: string) => settings(`      RouteSettings: ${limits}`);

  test('are of each route for itself: its own, else the default', () => {
    const both = settings(`      DefaultRouteSettings: ${DEFAULT}
      RouteSettings: { ping: { ThrottlingRateLimit: 3, ThrottlingBurstLimit: 4, LoggingLevel: ERROR } }`);
    expect(planOf(both).apis[0]?.routes).toMatchObject({
      sendMessage: { throttle: { perS: 0.5, burst: 7 } },
      ping: { throttle: { perS: 3, burst: 4 } },
    });
  });

  test('are absent where the template gives none', () => {
    expect(planOf(settings('')).apis[0]?.routes.ping).not.toHaveProperty('throttle');
  });

  test.each([
    [defaults('{ ThrottlingRateLimit: 1 }'), 'DefaultRouteSettings.ThrottlingBurstLimit'],
    [defaults('{ ThrottlingBurstLimit: 1 }'), 'DefaultRouteSettings.ThrottlingRateLimit'],
    [own('{ ping: { ThrottlingRateLimit: 1 } }'), 'RouteSettings.ping.ThrottlingBurstLimit'],
    [own(`{ fly: ${DEFAULT} }`), 'RouteSettings.fly'],
    [own(`{ ping: { Colour: red } }`), 'RouteSettings.ping.Colour'],
    [defaults(DEFAULT.replace('0.5', '10001')), 'DefaultRouteSettings.ThrottlingRateLimit'],
    [defaults(DEFAULT.replace('0.5', 'many')), 'DefaultRouteSettings.ThrottlingRateLimit'],
    [defaults(DEFAULT.replace('7', '1.5')), 'DefaultRouteSettings.ThrottlingBurstLimit'],
    [defaults(DEFAULT.replace('7', '5001')), 'DefaultRouteSettings.ThrottlingBurstLimit'],
    [
      defaults(DEFAULT.replace('{', '{ DataTraceEnabled: true,')),
      'DefaultRouteSettings.DataTraceEnabled',
    ],
  ])(
    'that no stage can have, or this machine cannot honour, are refused by name (%#)',
    (files, path) => {
      expect(refusalOf(files).path).toContain(path);
    },
  );
});
