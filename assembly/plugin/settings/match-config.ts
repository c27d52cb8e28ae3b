import { ConfigNode } from "../../core/config-reader";
import { lowerCase } from "../../core/lower-case";
import { Direction } from "../../core/traffic-direction";
import { isHost, readOperand, Text } from "../../request/operand";
import { PathKind, PathMatch } from "./path-match";
import { ANY_PORT, Place } from "./place";

const MAX_OPERANDS: i32 = 64;
const MAX_PORTS: i32 = 16;
const MAX_HOST: i32 = 255;
/** Of a route's name, in characters; also in bytes, since those are what it is found by. */
const MAX_ROUTE: i32 = 256;
const MATCH_KEYS: string[] = ["hosts", "paths", "routes", "ports", "direction"];

/** What a request must be like to be a setting's. A list of one that means any when the key is not there. */
@final
export class SettingMatch {
  routes: string[] = [""];
  hosts: string[] = [""];
  paths: PathMatch[] = [ANY_PATH];
  ports: i32[] = [ANY_PORT];
  direction: Direction = Direction.Unspecified;

  /** How many places it has. */
  get size(): i32 {
    return this.routes.length * this.hosts.length * this.paths.length * this.ports.length;
  }

  /** All its places, as those of this setting. */
  places(setting: i32): Place[] {
    const places: Place[] = [];
    for (let r = 0; r < this.routes.length; r++) {
      for (let h = 0; h < this.hosts.length; h++) {
        for (let p = 0; p < this.paths.length; p++) {
          for (let o = 0; o < this.ports.length; o++) {
            const path = this.paths[p];
            places.push(new Place(this.routes[r], this.hosts[h], path, this.ports[o], this.direction, setting));
          }
        }
      }
    }
    return places;
  }
}

const ANY_PATH: PathMatch = new PathMatch(PathKind.Any, "");

/** Reads the `match` of a setting. Only at configure: allocates. */
export function readSettingMatch(node: ConfigNode): SettingMatch {
  const match = new SettingMatch();
  node.refuseUnknown(MATCH_KEYS);
  if (node.value.size == 0) {
    node.refuse("expected at least one key; the keys beside settings serve the requests that no setting matches");
  }
  if (node.has("hosts")) match.hosts = readHosts(node, "hosts");
  if (node.has("routes")) match.routes = readRoutes(node, "routes");
  if (node.has("paths")) match.paths = readPaths(node);
  if (node.has("ports")) match.ports = readPorts(node);
  const direction = node.oneOf("direction", ["inbound", "outbound"], "");
  if (direction != "") match.direction = direction == "inbound" ? Direction.Inbound : Direction.Outbound;
  return match;
}

/** Reads hosts, and `*.` before ends of hosts, in lower case. @param anyAllowed `*` may stand for any, which is "". */
export function readHosts(node: ConfigNode, key: string, anyAllowed: bool = false): string[] {
  const nodes = node.array(key, 1, MAX_OPERANDS);
  const hosts: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const host = lowerCase(nodes[i].asString("", 1, MAX_HOST));
    if (host == "") continue;
    if (anyAllowed && host == "*") {
      hosts.push("");
      continue;
    }
    hosts.push(host);
    if (isWhole(host.startsWith("*.") ? host.slice(2) : host)) continue;
    nodes[i].refuse("expected a host such as shop.example or *.shop.example, without port");
  }
  return hosts;
}

/** A dot at the end is not compared, and one at the beginning would be a wildcard's. */
function isWhole(host: string): bool {
  return host != "" && !host.startsWith(".") && !host.endsWith(".") && isHost(host);
}

/** Reads names of routes. */
export function readRoutes(node: ConfigNode, key: string): string[] {
  const nodes = node.array(key, 1, MAX_OPERANDS);
  const routes: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const route = nodes[i].asString("", 1, MAX_ROUTE);
    if (String.UTF8.byteLength(route) > MAX_ROUTE) nodes[i].refuse(`expected at most ${MAX_ROUTE} bytes`);
    if (route != "") routes.push(route);
  }
  return routes;
}

function readPaths(node: ConfigNode): PathMatch[] {
  const nodes = node.objects("paths", 1, MAX_OPERANDS);
  const paths: PathMatch[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const kinds = ["exact", "prefix", "template"];
    nodes[i].refuseUnknown(kinds);
    const kind = nodes[i].exactlyOne(kinds);
    if (kind == "") continue;
    const text = readOperand(nodes[i].member(kind)!, kind, Text.Path);
    paths.push(new PathMatch(kindOf(kind), text));
  }
  return paths;
}

function kindOf(word: string): PathKind {
  return word == "exact" ? PathKind.Exact : word == "prefix" ? PathKind.Prefix : PathKind.Template;
}

function readPorts(node: ConfigNode): i32[] {
  const nodes = node.array("ports", 1, MAX_PORTS);
  const ports: i32[] = [];
  for (let i = 0; i < nodes.length; i++) ports.push(<i32>nodes[i].asInteger(ANY_PORT, 1, 65535));
  return ports;
}
