// A refusal: something in a template, a state machine, a pattern or a flag that this machine does not support.

/** Names file, path inside it, the value, and why. The runtime prints its message and exits 1 (or keeps the last good version). */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly file: string;
  readonly path: string;

  constructor(file: string, path: string, value: unknown, why: string) {
    const shown = JSON.stringify(value);
    const excerpt =
      shown === undefined ? '' : ` = ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}`;
    super(`${file}: ${path}${excerpt}: ${why}`);
    this.file = file;
    this.path = path;
  }
}
