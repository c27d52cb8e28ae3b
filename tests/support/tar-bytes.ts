/** An entry of an archive, as bad as a test wants it. */
export interface RawEntry {
  name?: string | Uint8Array;
  content?: Uint8Array | string;
  /** `0` file, `1` hard link, `2` symbolic link, `3` device, `5` folder, `6` pipe, `x` pax, `L` a long name of GNU tar. */
  type?: string;
  link?: string;
  /** What the header says, when it is something else than what the content has. */
  size?: number;
  checksum?: number;
}

const BLOCK = 512;
const CHECKSUM = { at: 148, length: 8 };

/** A tar archive (ustar), header by header. @param tail what stands after the entries; two blocks of zeros when absent. */
export function tarBytes(entries: readonly RawEntry[], tail: Uint8Array = new Uint8Array(2 * BLOCK)): Uint8Array {
  return Buffer.concat([...entries.flatMap((entry) => [headerOf(entry), padded(bytesOf(entry.content))]), tail]);
}

/** The content of an entry of type x. */
export function paxRecord(key: string, value: string | Uint8Array): Uint8Array {
  const body = Buffer.concat([bytesOf(` ${key}=`), bytesOf(value), bytesOf("\n")]);
  const digits = String(body.length).length;
  const length = body.length + String(body.length + digits).length;
  return Buffer.concat([bytesOf(String(length)), body]);
}

function headerOf({ name = "plugin.wasm", content, type = "0", link = "", size, checksum }: RawEntry): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  header.set(bytesOf(name).subarray(0, 100), 0);
  header.write("0000644\0", 100, "latin1");
  header.write(`${(size ?? bytesOf(content).length).toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(type, 156, "latin1");
  header.write(link, 157, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.fill(0x20, CHECKSUM.at, CHECKSUM.at + CHECKSUM.length);
  const sum = checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM.at, "latin1");
  return header;
}

function padded(content: Uint8Array): Uint8Array {
  return Buffer.concat([content, new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

function bytesOf(content: string | Uint8Array = ""): Uint8Array {
  return typeof content === "string" ? Buffer.from(content, "utf8") : content;
}
