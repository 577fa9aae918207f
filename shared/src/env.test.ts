// The environment: what the template gives, or a cold start that names what is missing.

import { expect, test } from '@jest/globals';
import { env } from './env.ts';

test('a variable is what the template gave', () => {
  process.env.BUS_NAME = 'hubbub-dev';
  expect(env('BUS_NAME')).toBe('hubbub-dev');
});

test.each([undefined, ''])('a variable that is %j is an error that names it', (value) => {
  if (value === undefined) delete process.env.CALLBACK_URL;
  else process.env.CALLBACK_URL = value;
  expect(() => env('CALLBACK_URL')).toThrow('CALLBACK_URL');
});
