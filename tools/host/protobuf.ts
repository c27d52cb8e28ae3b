/** The fields of a protobuf message, last value of each; strings and bytes as byte strings. */
export interface Fields {
  text(number: number): string;
}

/** Reads a message whose fields are varints or length-delimited. @returns undefined when it is malformed. */
export function readFields(message: Uint8Array): Fields | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const texts = new Map<number, string>();
  for (let at = 0; at < bytes.length;) {
    const tag = readVarint(bytes, at);
    const value = tag && readVarint(bytes, tag.next);
    if (!tag || !value) return undefined;
    const wire = tag.value & 7;
    at = value.next;
    if (wire === 0) continue;
    if (wire !== 2 || at + value.value > bytes.length) return undefined;
    texts.set(tag.value >>> 3, bytes.toString("latin1", at, at + value.value));
    at += value.value;
  }
  return { text: (number) => texts.get(number) ?? "" };
}

/** Lengths and tags: numbers above 2^53 are malformed here. */
function readVarint(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let at = from, scale = 1; at < bytes.length && at < from + 10; at++, scale *= 128) {
    value += (bytes[at]! & 0x7f) * scale;
    if (bytes[at]! < 0x80) return { value, next: at + 1 };
  }
  return undefined;
}
