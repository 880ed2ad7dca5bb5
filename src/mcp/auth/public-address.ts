import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Finds all addresses of a name, as `dns.lookup` does with `all`. */
export type AddressResolver = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface PublicLookupOptions {
  /** Lets loopback addresses through as well. Default false. */
  readonly allowLoopback?: boolean;
}

function blockListOf(ranges: readonly (readonly [string, number, "ipv4" | "ipv6"])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix, family] of ranges) list.addSubnet(address, prefix, family);
  return list;
}

const loopback = blockListOf([
  ["127.0.0.0", 8, "ipv4"],
  ["::1", 128, "ipv6"],
]);

// Everything the IANA registries of special-purpose addresses do not call globally reachable, and the platform addresses of clouds.
const notPublic = blockListOf([
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["168.63.129.16", 32, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.88.99.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
]);

// IPv6 is the other way round: only 2000::/3 is public, and some of it wraps IPv4 addresses or is set aside.
const publicIpv6 = blockListOf([["2000::", 3, "ipv6"]]);
const notPublicIpv6 = blockListOf([
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["3fff::", 20, "ipv6"],
]);

/** Whether an IP address belongs to the public internet (or is loopback, where that is allowed). Source: IANA special-purpose address registries, 2026-11. */
export function isPublicAddress(address: string, { allowLoopback = false }: PublicLookupOptions = {}): boolean {
  const version = isIP(address);
  if (version === 4) return (allowLoopback && loopback.check(address)) || !notPublic.check(address);
  if (version !== 6) return false;
  const mapped = /^::ffff:(?:0:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return isPublicAddress(mapped[1]!, { allowLoopback });
  if (allowLoopback && loopback.check(address, "ipv6")) return true;
  return publicIpv6.check(address, "ipv6") && !notPublicIpv6.check(address, "ipv6");
}

const blocked = (host: string): Error => Object.assign(new Error(`the address of ${host} is not public`), { code: "EBLOCKED" });

/**
 * Looks a name up and hands out its addresses only if all of them are public. Used at connecting time, so what was checked is what is connected to:
 * a name that changes its address in between gains nothing.
 */
export function publicLookup(options: PublicLookupOptions & { readonly resolve?: AddressResolver } = {}): LookupFunction {
  const resolve: AddressResolver = options.resolve ?? systemLookup;
  return (hostname, lookupOptions, callback) => {
    resolve(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const bad = addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address, options));
      if (bad) return callback(blocked(hostname), "", 0);
      if (lookupOptions.all) return callback(null, addresses);
      callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}
