// Which requests a port of this machine answers: those of programs and of its own pages, none that a foreign page makes a browser send.
import type { IncomingMessage } from 'node:http';

export interface OwnPages {
  /** The origins whose pages may call this port, as browsers write them. */
  origins: string[];
  /** Whether a link of any other page may lead here. */
  linked: boolean;
  /** The paths that a container may read under Docker's name for this machine; absent: the port is closed to containers. */
  readByContainers?: string[];
}

/** This machine's name in a container: Docker Desktop's own, and on Linux what `--add-host` gives it (samconfig.toml). */
export const CONTAINERS_NAME = 'host.docker.internal';

/** No site's DNS can answer for these: names under `localhost` are this machine's by RFC 6761, section 6.3. */
const LOOPBACK = /^(?:127\.0\.0\.1|(?:[\w-]{1,63}\.){0,4}localhost|\[::1\])(?::\d{1,5})?$/i;
const SHOWN = 100;

/** A browser may have been given either name of this machine. */
export const originsOf = (port: number): string[] => [
  `http://127.0.0.1:${port}`,
  `http://localhost:${port}`,
];

/** Why a request to this host name is refused (DNS rebinding); undefined where it is not. */
export function foreignHost(
  req: IncomingMessage,
  own?: Pick<OwnPages, 'readByContainers'>,
): string | undefined {
  const { host } = req.headers;
  if (host !== undefined && LOOPBACK.test(host)) return undefined;
  if (isOfContainer(req, own?.readByContainers)) return undefined;
  return `Host ${shown(host)} is not this machine; use 127.0.0.1 or localhost`;
}

/**
 * A network's DNS may answer for Docker's name, so a page can be loaded from it. A browser sends an Origin with every method but
 * GET and HEAD, and the Origin is refused. So only the named paths may be read.
 */
function isOfContainer({ method, url, headers }: IncomingMessage, paths?: string[]): boolean {
  if (paths === undefined || headers.host?.split(':')[0] !== CONTAINERS_NAME) return false;
  return (method !== 'GET' && method !== 'HEAD') || paths.includes(url ?? '');
}

/**
 * Why a request is refused, undefined where it is not. SDKs, the AWS CLI and curl send neither Origin nor Sec-Fetch-Site.
 * Another port of localhost is `same-site` to a browser, so that value is as foreign as `cross-site`.
 * https://fetch.spec.whatwg.org/#origin-header https://www.w3.org/TR/fetch-metadata/
 */
export function foreignRequest(req: IncomingMessage, own: OwnPages): string | undefined {
  const { origin, 'sec-fetch-site': site } = req.headers;
  const host = foreignHost(req, own);
  if (host !== undefined) return host;
  if (origin !== undefined)
    return own.origins.includes(origin)
      ? undefined
      : `Origin ${shown(origin)} is not a page of this machine`;
  if (site === undefined || site === 'none' || site === 'same-origin') return undefined;
  if (own.linked && isLink(req)) return undefined;
  return `Sec-Fetch-Site ${shown(site)} is not a page of this machine`;
}

/** A person follows a link: the browser shows the answer, and the page with the link cannot read it. */
function isLink({ method, headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

const shown = (value: string | string[] | undefined) =>
  value === undefined ? '(none)' : JSON.stringify(String(value).slice(0, SHOWN));
