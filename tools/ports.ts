import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ephemeral ranges of Linux and macOS, so that no outgoing connection takes a port between check and use. */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const MAX_ATTEMPTS = 200;

const handedOut = new Set<number>();

/**
 * Finds TCP ports of 127.0.0.1 that nothing listens on.
 * @returns `count` different ports; one process is never given the same port twice.
 * Fails when 200 ports in a row are taken.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let attempt = 0; ports.length < count && attempt < MAX_ATTEMPTS + count; attempt++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (handedOut.has(port) || !(await isPortFree(port))) continue;
    handedOut.add(port);
    ports.push(port);
  }
  if (ports.length < count) throw new Error(`no ${count} free ports between ${LOWEST_PORT} and ${HIGHEST_PORT}`);
  return ports;
}

/** Whether a server could listen on the port of `address` at this moment. */
export function isPortFree(port: number, address = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
