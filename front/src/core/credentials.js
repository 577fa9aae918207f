// @ts-check
// What a hello proves who one is with: the secret that is kept here, or what somebody else is asked for each time.

/** @typedef {{ secret: string } | { token: string }} Given */
/** @typedef {() => Promise<Given | null>} AskCredentials a token that is good for a while still; null: signed out */
/** @typedef {{ given(credentials: Given): void, none(): void, failed(): void }} Wanting */

/** Whoever gives tokens may have to fetch one. */
const ANSWER_MS = 20_000;

/**
 * @param {{ credentials?: AskCredentials, identity: import('./identity.js').Identity, clock: import('./line.js').Clock }} ports
 */
export function createCredentials({ credentials, identity, clock }) {
  let turn = 0;
  let cancel = () => {};

  function forget() {
    turn += 1;
    cancel();
  }

  return {
    /** Nobody waits for the last answer any more. */
    forget,
    /** Answers in one of three ways, once; at once for a secret. @param {Wanting} wanting */
    ask({ given, none, failed }) {
      forget();
      if (!credentials) return given({ secret: identity.secret });
      const mine = turn;
      /** @param {() => void} answer */
      const once = (answer) => {
        if (mine !== turn) return;
        forget();
        answer();
      };
      cancel = clock.after(ANSWER_MS, () => once(failed));
      credentials().then(
        (found) => once(found ? () => given(found) : none),
        () => once(failed),
      );
    },
  };
}
