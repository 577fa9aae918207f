// Rooms and direct messages, held to their promises on this machine.
import { roomPromises } from './rooms-promises.ts';
import { startLocal } from './runtime.ts';

roomPromises('Rooms on this machine', () => startLocal());
