// A script: what a program does next, given the answers it has had. The program runs once per history of answers, however many schedules share it.
import type { Aws, Service } from '../../local/endpoint/aws.ts';
import { AwsError } from '../../local/endpoint/aws-error.ts';

/** Runs to its end by calling AWS. Deterministic: the same answers, the same calls. Ends with what it learned. */
export type Program = (aws: Aws, signal: AbortSignal) => Promise<unknown>;

export interface Call {
  service: Service;
  action: string;
  input: Record<string, unknown>;
}
export type Answer = { output: Record<string, unknown> } | { error: string };

/** Where a program stands: before a call, or at its end. */
export interface Place {
  /** The same for the same program and answers. */
  id: number;
  call?: Call;
  /** What the program returned, or the name of the error it ended with. */
  end?: { value?: unknown; error?: string };
  after(answer: Answer): Promise<Place>;
}

let places = 0;

async function probe(program: Program, answers: Answer[]): Promise<Pick<Place, 'call' | 'end'>> {
  const left = [...answers];
  const over = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Pick<Place, 'call' | 'end'>>();
  const aws: Aws = {
    async call(service, action, input) {
      const answer = left.shift();
      if (!answer) {
        resolve({ call: { service, action, input } });
        return new Promise(() => {});
      }
      if ('error' in answer) throw new AwsError(answer.error, '', 500);
      return answer.output;
    },
  };
  program(aws, over.signal).then(
    (value) => resolve({ end: { value } }),
    (error: Error) => resolve({ end: { error: error.name } }),
  );
  try {
    return await promise;
  } finally {
    over.abort();
  }
}

async function place(program: Program, answers: Answer[]): Promise<Place> {
  places += 1;
  const known = new Map<string, Promise<Place>>();
  return {
    id: places,
    ...(await probe(program, answers)),
    after(answer) {
      const key = JSON.stringify(answer);
      const next = known.get(key) ?? place(program, [...answers, answer]);
      known.set(key, next);
      return next;
    },
  };
}

/** The program before its first call. */
export const begin = (program: Program): Promise<Place> => place(program, []);
