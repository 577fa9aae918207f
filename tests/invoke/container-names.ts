// Loaded into a function's process before it starts: gives Docker's name for this machine its address, as a container's hosts file does.
import dns from 'node:dns';

const { lookup } = dns;
const address = process.env.TEST_HOST_GATEWAY;
delete process.env.TEST_HOST_GATEWAY;
delete process.env.NODE_OPTIONS;

const named = (name: unknown, ...others: unknown[]) =>
  Reflect.apply(lookup, dns, [name === 'host.docker.internal' ? address : name, ...others]);
Object.assign(dns, { lookup: named });
