// The banner: where everything is, for a person who has just typed `npm start`.
import type { Flags } from './flags.ts';
import type { Runtime } from './runtime.ts';

export function banner(
  { page, websocket, aws, issuer, plan }: Runtime,
  flags: Flags,
  runtime: string,
): string {
  const readyMs = Math.round(performance.now());
  const { tables, queues, functions, machines } = plan();
  const rows = [
    ['page', page],
    ['websocket', websocket],
    ...(issuer === undefined ? [] : [['issuer', `${issuer}   signs in whoever says a name`]]),
    [
      'aws',
      `${aws}   aws dynamodb scan --endpoint-url ${aws} --table-name ${tables[0]?.name ?? '…'}`,
    ],
    ['data', flags.data ?? 'in memory, gone when this stops'],
    [
      'running',
      `${tables.length} tables, ${queues.length} queues, ${functions.length} functions, ${machines.length} state machines`,
    ],
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`);
  return `
  Hubbub, stage ${flags.stage}: ready in ${readyMs} ms on Node ${process.versions.node} (${runtime}). Ctrl-C stops it.

${lines.join('\n')}

`;
}
