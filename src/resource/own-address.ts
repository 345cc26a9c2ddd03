import { readFileSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { loadBuiltin } from '../core/builtin.ts';

/** Where this process can be reached. */
export interface Address {
  /** An IP without brackets, or the host name that was configured. */
  readonly host: string;
  readonly port: number | undefined;
}

/** What the system tells of its network; replaced in tests. */
export interface Network {
  interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** @returns '' where there is no such file */
  read(path: string): string;
}

export interface AddressSettings {
  /** `host` or `host:port`; IPv6 with a port in brackets. */
  readonly address?: string | undefined;
  /** Kubernetes' word for the own address; used where `address` is not set. */
  readonly podIp?: string | undefined;
  readonly grpcPort?: number | undefined;
}

/**
 * Finds where this process can be reached: as configured, else the IP of the interface with the default route.
 *
 * @returns undefined without a network; without a port where none is configured
 */
export function findOwnAddress(settings: AddressSettings, network: Network = system): Address | undefined {
  const configured = settings.address ?? settings.podIp;
  if (configured !== undefined && configured !== '') {
    const { host, port } = parseAddress(configured);
    return { host, port: port ?? settings.grpcPort };
  }
  const host = detectOwnIp(network);
  return host === undefined ? undefined : { host, port: settings.grpcPort };
}

/** @returns `host:port`, `[2001:db8::1]:port`, or the host alone */
export function formatAddress({ host, port }: Address): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseAddress(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? text, port: port === undefined ? undefined : Number(port) };
}

/**
 * Loopback and link-local addresses reach nobody and are left out. Of the rest: IPv4 of the interface with the IPv4
 * default route, then IPv4 and IPv6 of the one with the IPv6 default route, then any IPv4, then any IPv6. So a bridge
 * of docker's does not win over the way out of a host that has IPv6 only.
 */
function detectOwnIp(network: Network): string | undefined {
  let interfaces: [string, NetworkInterfaceInfo][];
  try {
    interfaces = Object.entries(network.interfaces()).flatMap(([name, infos = []]) =>
      infos.filter(isReachable).map((info): [string, NetworkInterfaceInfo] => [name, info]),
    );
  } catch {
    return undefined;
  }
  if (interfaces.length <= 1) return interfaces[0]?.[1].address;

  const find = (family: string, name?: string): string | undefined =>
    interfaces.find(([from, info]) => info.family === family && (name === undefined || from === name))?.[1].address;
  const ipv4Route = ipv4DefaultInterface(network.read('/proc/net/route'));
  const ipv6Route = ipv6DefaultInterface(network.read('/proc/net/ipv6_route'));
  return (
    (ipv4Route && (find('IPv4', ipv4Route) ?? find('IPv6', ipv4Route))) ??
    (ipv6Route && (find('IPv4', ipv6Route) ?? find('IPv6', ipv6Route))) ??
    find('IPv4') ??
    find('IPv6')
  );
}

/** @see https://www.rfc-editor.org/rfc/rfc6890 */
function isReachable({ address, family, internal }: NetworkInterfaceInfo): boolean {
  if (internal) return false;
  if (family === 'IPv4') return !/^(?:127\.|169\.254\.|0\.)/.test(address);
  return !/^(?:fe[89ab][\da-f]:|::1?$)/i.test(address);
}

const ROUTE_UP = 0x1;
const ROUTE_REJECT = 0x200;

interface Route {
  readonly name: string;
  readonly metric: number;
}

/** Lines of `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, all but the names and Metric hexadecimal. */
function ipv4DefaultInterface(table: string): string | undefined {
  return best(
    table.split('\n').flatMap((line): Route[] => {
      const [name = '', destination, , flags = '', , , metric, mask] = line.trim().split(/\s+/);
      const isDefault = destination === '00000000' && mask === '00000000' && isUsable(flags);
      return isDefault ? [{ name, metric: Number(metric) }] : [];
    }),
  );
}

/** Lines of `destination prefix source prefix next-hop metric refcnt use flags iface`, all hexadecimal. */
function ipv6DefaultInterface(table: string): string | undefined {
  return best(
    table.split('\n').flatMap((line): Route[] => {
      const [destination = 'x', prefix, , , , metric = '', , , flags = '', name = ''] = line.trim().split(/\s+/);
      const isDefault = /^0+$/.test(destination) && prefix === '00' && isUsable(flags);
      return isDefault ? [{ name, metric: Number.parseInt(metric, 16) }] : [];
    }),
  );
}

function isUsable(flags: string): boolean {
  const bits = Number.parseInt(flags, 16);
  return (bits & ROUTE_UP) !== 0 && (bits & ROUTE_REJECT) === 0;
}

function best(routes: readonly Route[]): string | undefined {
  return routes.toSorted((a, b) => a.metric - b.metric)[0]?.name;
}

const system: Network = {
  interfaces: () => loadBuiltin('node:os').networkInterfaces(),
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  },
};
