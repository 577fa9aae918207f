// The command line of `npm start`: what can be asked for, and what is refused with one clear line.
import { parseArgs } from 'node:util';
import { type Faults, readFaults } from './faults.ts';
import type { Level } from './log.ts';
import { Refusal } from './refusal.ts';

export interface Flags {
  /** Page and WebSocket; 0 picks a free one. */
  port: number;
  /** The AWS APIs. */
  awsPort: number;
  /** The data folder; undefined keeps everything in memory. */
  data: string | undefined;
  stage: string;
  /** Who may come in: anybody, or who signs in at the issuer that this starts. */
  auth: 'guest' | 'oidc';
  /** The issuer's. */
  issuerPort: number;
  /** Values for the templates' parameters, by name. */
  parameters: Record<string, string>;
  json: boolean;
  level: Level;
  faults: Faults;
}

export const HELP = `Usage: npm start -- [flags]

  --port N        page and WebSocket (3000; 0 picks a free one)
  --aws-port N    the AWS APIs (4566; 0 picks a free one)
  --data DIR      where messages survive a restart (.hubbub)
  --memory        keep nothing
  --stage NAME    the Stage parameter of every stack (dev)
  --auth oidc     people sign in, at a small issuer that this starts and that believes any name (guest)
  --issuer-port N where that issuer is (3001; 0 picks a free one)
  --parameter NAME=VALUE
                  a parameter of any stack; may be said again for another
  --json          print one line when ready: {"page","websocket","aws"}, and "issuer"
                  where there is one; the log goes to stderr
  --quiet         only warnings
  --verbose       every detail
  --faults JSON   misbehave: {"bus":{"copies":2,"delayMs":[0,500],"dropRate":0,"seed":1},
                  "gateway":{"loseDisconnects":true,"goneRate":0,"throttleRate":0,
                  "postsPerS":0,"cutRate":0,"seed":1},
                  "tables":{"throttleRate":0,"seed":1}}
`;

const ISSUERS = ['AuthMode', 'OidcIssuer', 'OidcAudience', 'OidcJwksUri', 'SignInOrigins'];

/** Throws a Refusal for what is unknown or out of range. `help` is asked for, not wrong. */
export function readFlags(args: string[]): Flags | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  if (values.data === '') throw new Refusal('flags', '--data', '', 'names no folder');
  if (values.memory && values.data !== undefined) {
    throw new Refusal('flags', '--memory', undefined, 'goes without --data');
  }
  if (values.quiet && values.verbose)
    throw new Refusal('flags', '--quiet', undefined, 'goes without --verbose');
  if (!/^[a-z][a-z0-9]{0,15}$/.test(values.stage)) {
    throw new Refusal(
      'flags',
      '--stage',
      values.stage,
      'is lower-case letters and digits, 16 at most',
    );
  }
  const parameters = Object.fromEntries(values.parameter.map(parameterOf));
  return {
    port: portOf('--port', values.port),
    awsPort: portOf('--aws-port', values['aws-port']),
    data: values.memory ? undefined : (values.data ?? '.hubbub'),
    stage: values.stage,
    ...authOf(values, parameters),
    parameters,
    json: values.json,
    level: values.quiet ? 'quiet' : values.verbose ? 'verbose' : 'normal',
    faults: readFaults('--faults', values.faults),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '3000' },
        'aws-port': { type: 'string', default: '4566' },
        data: { type: 'string' },
        memory: { type: 'boolean', default: false },
        stage: { type: 'string', default: 'dev' },
        auth: { type: 'string', default: 'guest' },
        'issuer-port': { type: 'string' },
        parameter: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        faults: { type: 'string', default: '{}' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    throw new Refusal('flags', args.join(' '), undefined, `${why} (npm start -- --help)`);
  }
}

/** What the issuer's parameters are, `--auth oidc` knows alone; an issuer elsewhere is named by parameters alone. */
function authOf(
  { auth, 'issuer-port': port }: { auth: string; 'issuer-port'?: string | undefined },
  parameters: Record<string, string>,
): Pick<Flags, 'auth' | 'issuerPort'> {
  if (auth !== 'guest' && auth !== 'oidc')
    throw new Refusal('flags', '--auth', auth, 'is guest or oidc');
  if (auth === 'guest' && port !== undefined)
    throw new Refusal('flags', '--issuer-port', port, 'goes only with --auth oidc');
  const told = Object.keys(parameters).find((name) => ISSUERS.includes(name));
  if (auth === 'oidc' && told !== undefined)
    throw new Refusal('flags', '--auth', auth, `goes without --parameter ${told}, which it sets`);
  return { auth, issuerPort: portOf('--issuer-port', port ?? '3001') };
}

function parameterOf(given: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z0-9]+)=(.*)$/s.exec(given) ?? [];
  if (name === undefined || value === undefined)
    throw new Refusal('flags', '--parameter', given, 'is not like Name=value');
  if (name === 'Stage') throw new Refusal('flags', '--parameter', given, 'is what --stage is for');
  return [name, value];
}

function portOf(flag: string, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new Refusal('flags', flag, value, 'is a port, 0 to 65535');
}
