// `/config.json`: what front/deploy-frontend.sh writes beside the page, from the outputs of the api stack.
import type { Plan } from '../cloudformation/plan.ts';

export interface SiteConfig {
  websocket: string;
  stage: string;
  auth: string;
  /** Where people sign in, and as which client, where they do. */
  issuer?: string;
  clientId?: string;
}

/** What the page is told is what the functions are told. */
export function configOf({ functions, stage }: Plan, websocket: string): SiteConfig {
  const told = functions.find(({ environment }) => 'OIDC_ISSUER' in environment)?.environment;
  const auth = told?.AUTH_MODE ?? 'guest';
  if (auth !== 'oidc') return { websocket, stage, auth };
  const { OIDC_ISSUER: issuer = '', OIDC_AUDIENCE: clientId = '' } = told ?? {};
  return { websocket, stage, auth, issuer, clientId };
}
