// The one place where a deployed API's host becomes this machine's: product code never knows where it runs.

/** Where this machine serves what API Gateway serves. */
export interface Endpoints {
  /** For `@connections`, without a stage: `http://127.0.0.1:4566`. */
  aws?: string | undefined;
  /** The whole URL a browser connects to: `ws://127.0.0.1:3000`. */
  webSocket?: string | undefined;
}

const EXECUTE_API =
  /(https|wss):\/\/[a-z0-9]{10}\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\/[\w-]+)?/g;

/**
 * `https://<apiId>.execute-api.<region>.amazonaws.com/<stage>` → `<aws>/<stage>`, and `wss://…/<stage>` → `<webSocket>`.
 * Without a stage (a Content-Security-Policy source) the latter becomes the origin alone.
 */
export function toThisMachine(text: string, endpoints: Endpoints): string {
  return text.replace(EXECUTE_API, (url, scheme: string, stage: string | undefined) => {
    const endpoint = scheme === 'https' ? endpoints.aws : endpoints.webSocket;
    if (endpoint === undefined) return url;
    if (scheme === 'https') return `${endpoint}${stage ?? ''}`;
    return stage ? endpoint : new URL(endpoint).origin;
  });
}
