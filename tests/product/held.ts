// A call of DynamoDB that is held: what runs until it is let go comes between two calls of what is under way.
import type { TestAws } from './aws.ts';

export interface Held<T> {
  /** What is under way; it stands still until `release`. */
  under: Promise<T>;
  /** Undefined where there were not so many calls: then `under` is over. */
  release: (() => void) | undefined;
}

/** Begins `act`, and resolves when it has made so many calls about connections and the next one waits. */
export async function heldAt<T>(aws: TestAws, at: number, act: () => Promise<T>): Promise<Held<T>> {
  let calls = 0;
  let release: (() => void) | undefined;
  const reached = new Promise<void>((done) => {
    aws.hold = (_, input) => {
      if (!JSON.stringify(input).includes(aws.tables.connections) || calls++ !== at)
        return undefined;
      done();
      return new Promise<void>((go) => {
        release = go;
      });
    };
  });
  const under = act();
  await Promise.race([reached, under]);
  aws.hold = undefined;
  return { under, release };
}
