// `--auth oidc`: the small issuer on a port of its own, and the parameters that make the stacks trust it.
import { join } from 'node:path';
import { originsOf } from '../http/allowed-requests.ts';
import { hangUp, listen } from '../http/listen.ts';
import type { Log } from '../log.ts';
import { createIssuer, jwksUriOf } from './issuer.ts';
import { openKeys } from './keys.ts';

const CLIENT_ID = 'hubbub-page';

export interface RunningIssuer {
  /** Its address, and the `iss` of its tokens. */
  issuer: string;
  /** As they would be given to `sam deploy` for an issuer elsewhere. */
  parameters: Record<string, string>;
  open(): void;
  stop(): Promise<void>;
}

/** `origins`: of the pages that sign in. `folder`: where the key is kept; undefined keeps it in memory. */
export async function startIssuer(
  port: number,
  { origins, folder, log }: { origins: string[]; folder: string | undefined; log: Log },
): Promise<RunningIssuer> {
  const at = await listen('--issuer-port', port);
  const issuer = `http://127.0.0.1:${at.port}`;
  const { handle } = createIssuer({
    issuer,
    client: { clientId: CLIENT_ID, redirectUris: origins.map((origin) => `${origin}/`) },
    keys: openKeys(folder === undefined ? undefined : join(folder, 'key.pem')),
  });
  const open = () =>
    at.open({
      // Its own page posts a name, the chat's pages ask for tokens, and links of the chat's pages lead here.
      origins: [...originsOf(at.port), ...origins],
      linked: true,
      readByContainers: [new URL(jwksUriOf(issuer)).pathname],
      answer(req, res) {
        handle(req, res).catch((error: Error) => {
          // Never the address asked for: a code may stand in it.
          log.detail(`issuer: ${error.message}`);
          res.destroy();
        });
      },
    });
  return {
    issuer,
    parameters: {
      AuthMode: 'oidc',
      OidcIssuer: issuer,
      OidcAudience: CLIENT_ID,
      SignInOrigins: issuer,
    },
    open,
    stop: () => hangUp(at.server),
  };
}
