// The one place where a deployed API's host becomes this machine's: product code never knows where it runs.

/** Where this machine serves what API Gateway serves; the stage follows as the path. */
export interface Endpoints {
  /** For `@connections`: `http://127.0.0.1:4566`. */
  aws?: string | undefined;
  /** For browsers: `ws://127.0.0.1:3000`. */
  webSocket?: string | undefined;
}

const EXECUTE_API = /(https|wss):\/\/[a-z0-9]{10}\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g;

/** `https://<apiId>.execute-api.<region>.amazonaws.com/<stage>` → `<aws>/<stage>`, `wss://…` → `<webSocket>/…`. */
export function toThisMachine(text: string, { aws, webSocket }: Endpoints): string {
  return text.replace(EXECUTE_API, (url, scheme) => (scheme === 'https' ? aws : webSocket) ?? url);
}
