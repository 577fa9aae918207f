// The promises, held on this machine.
import { promises } from './promises.ts';
import { startLocal } from './runtime.ts';

promises('Hubbub on this machine', () => startLocal());
