// The page on this machine: the folder that S3 would serve, with the headers that CloudFront would add.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SitePlan } from '../cloudformation/plan.ts';
import type { SiteConfig } from './config.ts';

/** As `aws s3 sync` guesses them. */
const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

export interface Site {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  update(plan: SitePlan): void;
}

/** `config` is what front/deploy-frontend.sh writes to `/config.json`. */
export function startSite(first: SitePlan, config: () => SiteConfig): Site {
  let plan = first;
  return {
    update(next) {
      plan = next;
    },
    async handle(req, res) {
      for (const [name, value] of Object.entries(plan.headers)) res.setHeader(name, value);
      res.setHeader('cache-control', 'no-cache');
      if (req.method !== 'GET' && req.method !== 'HEAD') return refuse(res, 405);
      const path = pathOf(req);
      if (path === undefined) return refuse(res, 400);
      if (path === '/config.json') {
        res.setHeader('content-type', 'application/json');
        res.end(JSON.stringify(config()));
        return;
      }
      const file = normalize(join(plan.folder, path === '/' ? plan.index : path));
      const found = file.startsWith(plan.folder + sep) ? await fileAt(file) : undefined;
      // S3 behind CloudFront answers 403, not 404, where it may not list the bucket.
      if (found === undefined) return refuse(res, 403);
      const etag = `"${found.mtimeMs.toString(36)}-${found.size.toString(36)}"`;
      res.setHeader('etag', etag);
      res.setHeader('content-type', CONTENT_TYPES[extname(file)] ?? 'application/octet-stream');
      if (req.headers['if-none-match'] === etag) {
        res.statusCode = 304;
        res.end();
        return;
      }
      res.setHeader('content-length', found.size);
      if (req.method === 'HEAD') res.end();
      else await pipeline(createReadStream(file), res);
    },
  };
}

function pathOf(req: IncomingMessage): string | undefined {
  try {
    const path = decodeURIComponent(new URL(req.url ?? '/', 'http://page').pathname);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

async function fileAt(file: string) {
  try {
    const found = await stat(file);
    return found.isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}

function refuse(res: ServerResponse, status: number): void {
  res.statusCode = status;
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  res.end(`${status}\n`);
}
