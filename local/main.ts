// `npm start`: Hubbub on this machine, from its own templates. Prints where it is, and stops at Ctrl-C.
import { join } from 'node:path';
import { banner } from './banner.ts';
import { billOf } from './bill.ts';
import { HELP, readFlags } from './flags.ts';
import { BuildFailed } from './lambda/build.ts';
import { createLog } from './log.ts';
import { Refusal } from './refusal.ts';
import { RUNTIME, startRuntime } from './runtime.ts';

/** Ctrl-C ends everything within 2 s, whatever hangs. */
const STOP_WITHIN_MS = 1_900;

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const log = createLog(flags.level, flags.json ? process.stderr : process.stdout);
  const runtime = await startRuntime(join(import.meta.dirname, '..'), flags, log);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      log.warn('stopped before everything had ended');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    runtime.stop().then(() => {
      if (!flags.json) process.stdout.write(billOf(runtime.usage()));
      process.exit(0);
    }, fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  // Only now: its reader may stop it at once.
  const { page, websocket, aws, issuer } = runtime;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ page, websocket, aws, issuer })}\n`
      : banner(runtime, flags, RUNTIME),
  );
}

/** A refusal is one line, and so is each fault of a handler that does not build; anything else is a fault of ours and shows where. */
function fail(error: unknown): void {
  const isTheirs = error instanceof Refusal || error instanceof BuildFailed;
  const line = isTheirs ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

main().catch(fail);
