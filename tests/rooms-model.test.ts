// Random lives of four people and two rooms against a model: after every step, exactly those hear a room who should.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startAws, type TestAws } from './product/aws.ts';
import { type Person, person, type Routes } from './product/people.ts';

const NAMES = ['Ada', 'Bob', 'Cyd', 'Eve'];
const ROOMS = ['tea', 'den'];
const PRIVATE = 'den';

let aws: TestAws;
let routes: Routes;

beforeAll(async () => {
  aws = await startAws('ConnectFunction', 'HelloFunction', 'JoinFunction', 'SendmessageFunction');
  process.env.MESSAGE_BURST = '1000';
  routes = {
    connect: (await import('../api/src/routes/connect.ts')).handler,
    hello: await import('../api/src/routes/hello.ts'),
    join: await import('../api/src/routes/join.ts'),
    leave: await import('../api/src/routes/leave.ts'),
    invite: await import('../api/src/routes/invite.ts'),
    remove: await import('../api/src/routes/remove.ts'),
    sendmessage: await import('../api/src/routes/sendmessage.ts'),
  };
});
afterAll(() => aws.stop());

/** What should be: of each room, who made it, who may be in it, and who hears it. */
class Model {
  readonly makers = new Map<string, number>();
  readonly members = new Map(ROOMS.map((room) => [room, new Set<number>()]));
  readonly hearers = new Map(ROOMS.map((room) => [room, new Set<number>()]));

  of(where: 'members' | 'hearers', room: string): Set<number> {
    return this[where].get(room) ?? new Set();
  }
  may(who: number, room: string): boolean {
    if (!this.makers.has(room)) return false;
    return room !== PRIVATE || this.makers.get(room) === who || this.of('members', room).has(who);
  }
  /** Whether it is done. */
  step(action: string, who: number, room: string, whom: number): boolean {
    const isOwner = room === PRIVATE && this.makers.get(room) === who;
    if (action === 'join') {
      if (!this.makers.has(room)) this.makers.set(room, who);
      if (!this.may(who, room)) return false;
      this.of('hearers', room).add(who);
    } else if (action === 'leave') {
      this.of('hearers', room).delete(who);
      this.of('members', room).delete(who);
    } else if (action === 'invite') {
      if (whom === who || (room === PRIVATE && !isOwner)) return false;
      if (!this.of('hearers', room).has(who)) return false;
      this.of('members', room).add(whom);
    } else if (action === 'remove') {
      if (!isOwner || whom === who) return false;
      this.of('members', room).delete(whom);
      this.of('hearers', room).delete(whom);
    } else return this.of('hearers', room).has(who);
    return true;
  }
}

const step = fc.record({
  action: fc.constantFrom('join', 'leave', 'invite', 'remove', 'sendmessage'),
  who: fc.nat(NAMES.length - 1),
  whom: fc.nat(NAMES.length - 1),
  room: fc.constantFrom(...ROOMS),
});

async function hearers(people: Person[], room: string): Promise<number[]> {
  const rows = await aws.rows(aws.tables.connections);
  const ids = rows.flatMap(({ pk, sk }) =>
    pk?.S?.startsWith(`topic#room:${room}#`) ? [sk?.S] : [],
  );
  return people.flatMap((one, at) => (ids.includes(one.connection()) ? [at] : []));
}

test('who hears what is what the model says, after whatever they did', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await aws.reset();
      const people = await Promise.all(NAMES.map((name) => person(routes, name)));
      const model = new Model();
      for (const { action, who, whom, room } of steps) {
        const visibility = room === PRIVATE ? 'private' : 'public';
        const fields = {
          ...(action === 'join' ? { create: true, visibility } : {}),
          ...(action === 'sendmessage' ? { message: 'hi' } : { userId: people[whom]?.userId }),
        };
        const answer = await people[who]?.says(action as 'join', { room, ...fields });
        const isDone = model.step(action, who, room, whom);
        expect([action, who, room, whom, answer?.type !== 'error']).toEqual([
          ...[action, who, room, whom],
          isDone,
        ]);
        for (const each of ROOMS)
          expect(await hearers(people, each)).toEqual([...model.of('hearers', each)].sort());
      }
    }),
    { numRuns: Number(process.env.ROOMS_RUNS ?? 25) },
  );
});
