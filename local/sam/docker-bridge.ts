// Docker's bridge on Linux: lets containers reach ports of this machine's loopback address, as Docker Desktop does by itself.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { BlockList, connect, createServer, type Server, type Socket } from 'node:net';
import { Refusal } from '../refusal.ts';

export interface Bridge {
  /** The bridge's address on this machine, which `host-gateway` names. */
  gateway: string;
  /** Its containers' addresses, as `172.17.0.0/16`. */
  subnet: string;
}

/** IPv4 alone: Docker gives `host-gateway` that address. */
const CONFIG = '{{range .IPAM.Config}}{{.Gateway}} {{.Subnet}}{{"\\n"}}{{end}}';

/** The default bridge, from `docker network inspect`; undefined where Docker names none. */
export function findBridge(): Bridge | undefined {
  const args = ['network', 'inspect', 'bridge', '--format', CONFIG];
  const { stdout } = spawnSync('docker', args, { encoding: 'utf8' });
  for (const line of (stdout ?? '').split('\n')) {
    const [gateway = '', subnet = ''] = line.trim().split(' ');
    if (/^[\d.]+$/.test(gateway) && /^[\d.]+\/\d+$/.test(subnet)) return { gateway, subnet };
  }
  return undefined;
}

/**
 * Passes connections of the bridge's containers on to the same port of 127.0.0.1; the answer ends that.
 * A host's own address answers on all of its networks, so the peer's address is checked too.
 * @throws Refusal where the port cannot be taken for another reason than that the bridge or a relay is there already or elsewhere
 */
export async function relay({ gateway, subnet }: Bridge, ports: number[]): Promise<() => void> {
  const containers = new BlockList();
  const [network = '', bits = ''] = subnet.split('/');
  containers.addSubnet(network, Number(bits), 'ipv4');
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.once('error', () => other.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  for (const port of ports) {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (peer) => {
      const address = peer.remoteAddress ?? '';
      if (!containers.check(address, 'ipv4')) return void peer.destroy();
      const here = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      keep(peer, here);
      keep(here, peer);
      peer.pipe(here).pipe(peer);
      peer.resume();
    });
    try {
      const listening = once(server, 'listening');
      server.listen(port, gateway);
      await listening;
      servers.push(server);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Docker runs in a machine of its own and finds this one by itself, or another relay is here.
      if (code === 'EADDRNOTAVAIL' || code === 'EADDRINUSE') continue;
      const why = `cannot listen (${code}), so no container can reach npm start`;
      throw new Refusal('docker bridge', `${gateway}:${port}`, undefined, why);
    }
  }
  return () => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  };
}
