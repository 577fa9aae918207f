// Presence, held to its promises on this machine.
import { presencePromises } from './presence-promises.ts';
import { startLocal } from './runtime.ts';

presencePromises('Presence on this machine', () =>
  startLocal(['--parameter', 'PresenceGraceSeconds=1']),
);
