// Proves that asking who is in many rooms leaves the rate to messages: one question at a time, and a rest after each.
import { expect, test } from '@jest/globals';
import { createInquiry } from '../../front/src/core/inquiry.js';
import { fakeClock } from './workbench.ts';

const ROOMS = ['a', 'b', 'c'];

function start() {
  const { clock, pass } = fakeClock();
  const asked: string[] = [];
  const world = { isUp: true };
  const ask = (room: string) => world.isUp && asked.push(room) > 0;
  return { ...createInquiry({ clock, fraction: () => 0.5, ask }), pass, asked, world };
}

test('the first is asked at once, each other a second after the answer before', () => {
  const { want, heard, pass, asked } = start();
  ROOMS.map(want);
  expect(asked).toEqual(['a']);
  pass(3_000);
  heard('a');
  pass(999);
  expect(asked).toEqual(['a']);
  pass(1);
  expect(asked).toEqual(['a', 'b']);
});

test('no answer is waited for longer than five seconds', () => {
  const { want, pass, asked } = start();
  ROOMS.map(want);
  pass(6_000);
  expect(asked).toEqual(['a', 'b']);
});

test('what another tab’s question has answered is not asked', () => {
  const { want, heard, pass, asked } = start();
  ROOMS.map(want);
  heard('b');
  heard('a');
  pass(1_000);
  expect(asked).toEqual(['a', 'c']);
});

test('the same room is asked once, however often it is wanted meanwhile', () => {
  const { want, heard, pass, asked } = start();
  for (const room of ['a', 'a', 'b', 'b']) want(room);
  heard('a');
  pass(1_000);
  heard('b');
  pass(10_000);
  expect(asked).toEqual(['a', 'b']);
});

test('a new line begins anew; what none took is for its welcome to tell', () => {
  const { want, clear, pass, asked, world } = start();
  ROOMS.map(want);
  clear();
  world.isUp = false;
  want('b');
  world.isUp = true;
  pass(10_000);
  expect(asked).toEqual(['a']);
  want('c');
  expect(asked).toEqual(['a', 'c']);
});

test('a room whose question is refused is asked again, behind the others and ever later', () => {
  const { want, heard, refused, pass, asked } = start();
  ROOMS.map(want);
  refused();
  pass(1_749);
  expect(asked).toEqual(['a']);
  pass(1);
  expect(asked).toEqual(['a', 'b']);
  refused();
  pass(2_499);
  expect(asked).toEqual(['a', 'b']);
  pass(1);
  heard('c');
  pass(1_000);
  heard('a');
  pass(1_000);
  heard('b');
  pass(60_000);
  expect(asked).toEqual(['a', 'b', 'c', 'a', 'b']);
});

test('what is refused while nothing is asked changes nothing', () => {
  const { want, heard, refused, pass, asked } = start();
  refused();
  want('a');
  heard('a');
  refused();
  pass(60_000);
  expect(asked).toEqual(['a']);
});
