import assert from 'node:assert/strict';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';
import { findOwnAddress, formatAddress, type Network } from '../../src/resource/own-address.ts';

const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth1	00000000	010200C0	0003	0	0	100	00000000	0	0	0
eth2	00000000	010200C0	0203	0	0	1	00000000	0	0	0
`;
const ROUTES6 = `fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`;

function info(address: string): NetworkInterfaceInfo {
  const internal = address === '127.0.0.1' || address === '::1';
  const common = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

function network(interfaces: Record<string, string[]>, routes = '', routes6 = ''): Network {
  return {
    interfaces: () => Object.fromEntries(Object.entries(interfaces).map(([name, all]) => [name, all.map(info)])),
    read: (path) => (path === '/proc/net/route' ? routes : routes6),
  };
}

const lo = ['127.0.0.1', '::1'];

describe('the own address', () => {
  it('leaves out loopback and link-local, and is absent without a network', () => {
    assert.equal(findOwnAddress({}, network({})), undefined);
    assert.equal(findOwnAddress({ grpcPort: 50061 }, network({ lo })), undefined);
    assert.equal(findOwnAddress({}, network({ lo, eth0: ['169.254.7.7', 'fe80::1', 'feb0::1'] })), undefined);
    assert.equal(findOwnAddress({}, network({ lo, eth0: ['169.254.7.7', 'fe80::1', '10.1.2.3'] }))?.host, '10.1.2.3');
  });

  it('prefers the interface of the default route with the least metric', () => {
    const interfaces = {
      lo,
      docker0: ['172.17.0.1'],
      wlan0: ['192.168.1.5'],
      eth1: ['192.0.2.2', 'fd00::2'],
      eth2: ['10.9.9.9'],
    };
    assert.equal(findOwnAddress({}, network(interfaces, ROUTES))?.host, '192.0.2.2');
  });

  it('prefers IPv4, but the IPv6 way out over a bridge that leads nowhere', () => {
    const route = network({ lo, docker0: ['172.17.0.1'], eth1: ['fd00::2', '192.0.2.2'] }, '', ROUTES6);
    assert.equal(findOwnAddress({}, route)?.host, '192.0.2.2');
    const only6 = network({ lo, docker0: ['172.17.0.1'], eth1: ['fe80::9', 'fd00::2'] }, '', ROUTES6);
    assert.equal(findOwnAddress({}, only6)?.host, 'fd00::2');
  });

  it('is the first IPv4 where no route tells, as on other systems than Linux', () => {
    assert.equal(
      findOwnAddress({}, network({ lo, en0: ['fd00::2', '10.0.0.8'], en1: ['10.0.0.9'] }))?.host,
      '10.0.0.8',
    );
    assert.equal(findOwnAddress({}, network({ lo, en0: ['fd00::2'], en1: ['2001:db8::1'] }))?.host, 'fd00::2');
  });

  it('is what is configured, then POD_IP, with the configured port unless it brings one', () => {
    const real = network({ lo, eth0: ['10.0.0.8'] });
    const found = (settings: Parameters<typeof findOwnAddress>[0]): string => {
      const address = findOwnAddress(settings, real);
      return address === undefined ? '' : formatAddress(address);
    };
    assert.equal(found({ grpcPort: 50061 }), '10.0.0.8:50061');
    assert.equal(found({ podIp: '10.244.0.7', grpcPort: 50061 }), '10.244.0.7:50061');
    assert.equal(found({ address: '192.0.2.9', podIp: '10.244.0.7', grpcPort: 1 }), '192.0.2.9:1');
    assert.equal(found({ address: '192.0.2.9:8080', grpcPort: 50061 }), '192.0.2.9:8080');
    assert.equal(found({ address: 'users.internal' }), 'users.internal');
    assert.equal(found({ address: 'users.internal:8080' }), 'users.internal:8080');
    assert.equal(found({ podIp: 'fd00::7', grpcPort: 50061 }), '[fd00::7]:50061');
    assert.equal(found({ address: '[fd00::7]:8080' }), '[fd00::7]:8080');
    assert.equal(found({ address: '[fd00::7]', grpcPort: 5 }), '[fd00::7]:5');
    assert.equal(found({ address: '::1' }), '::1');
  });

  it('is no reason to fail where the system refuses to tell', () => {
    const refusing: Network = {
      interfaces() {
        throw new Error('uv_interface_addresses returned Unknown system error 13');
      },
      read: () => '',
    };
    assert.equal(findOwnAddress({}, refusing), undefined);
  });

  it('is one of this machine', () => {
    const found = findOwnAddress({});
    const all = Object.values(networkInterfaces()).flatMap((infos = []) => infos.map(({ address }) => address));
    if (found !== undefined) assert.ok(all.includes(found.host));
  });
});
