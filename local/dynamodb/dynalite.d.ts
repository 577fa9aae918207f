// What of dynalite this machine uses: its HTTP server, which is handed requests without a socket.
declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** `path` keeps the tables in that folder; without it they live in memory. */
  export default function dynalite(options: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
