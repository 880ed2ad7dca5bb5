import { BlockList, isIPv6 } from "node:net";

export type AddressKind = "public" | "private" | "loopback" | "link-local" | "nowhere";

function ranges(kind: AddressKind, ...subnets: readonly string[]): { readonly kind: AddressKind; readonly list: BlockList } {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", prefix] = subnet.split("/");
    list.addSubnet(address, Number(prefix), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return { kind, list };
}

/** What kind of address it is; names other than localhost count as public. Source: RFC 6890 and RFC 6598. */
export function addressKind(address: string): AddressKind {
  if (address === "localhost") return "loopback";
  const known = [
    ranges("nowhere", "0.0.0.0/8", "::/128"),
    ranges("loopback", "127.0.0.0/8", "::1/128"),
    ranges("link-local", "169.254.0.0/16", "fe80::/10"),
    ranges("private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
  ];
  return known.find(({ list }) => list.check(address, isIPv6(address) ? "ipv6" : "ipv4"))?.kind ?? "public";
}
