import { sipHash13 } from "../../../assembly/core/siphash";

// Key 00 01 .. 0f, message 00 01 .. length-1: the arrangement of the reference vectors, computed by OpenSSL 3
// (`openssl mac -macopt size:8 -macopt c-rounds:1 -macopt d-rounds:3 ... SIPHASH`).
const KEY0: u64 = 0x0706050403020100;
const KEY1: u64 = 0x0f0e0d0c0b0a0908;

function hashOfCounting(length: i32): u64 {
  const bytes = new Uint8Array(64);
  for (let i = 0; i < length; i++) bytes[i] = <u8>i;
  return sipHash13(bytes.dataStart, length, KEY0, KEY1);
}

describe("sipHash13", () => {
  it("gives the published values for every length of the last word", () => {
    expect(hashOfCounting(0)).toBe(0xabac0158050fc4dc);
    expect(hashOfCounting(1)).toBe(0xc9f49bf37d57ca93);
    expect(hashOfCounting(7)).toBe(0xd3927d989bb11140);
    expect(hashOfCounting(8)).toBe(0x369095118d299a8e);
    expect(hashOfCounting(9)).toBe(0x25a48eb36c063de4);
    expect(hashOfCounting(15)).toBe(0xd320d86d2a519956);
    expect(hashOfCounting(16)).toBe(0xcc4fdd1a7d908b66);
    expect(hashOfCounting(63)).toBe(0x9d199062b7bbb3a8);
  });

  it("does not look at bytes beyond the length", () => {
    const bytes = new Uint8Array(16);
    bytes.fill(0xff);
    for (let i = 0; i < 9; i++) bytes[i] = <u8>i;
    expect(sipHash13(bytes.dataStart, 9, KEY0, KEY1)).toBe(0x25a48eb36c063de4);
  });

  it("depends on both halves of the key", () => {
    const bytes = new Uint8Array(4);
    const hash = sipHash13(bytes.dataStart, 4, 1, 2);
    expect(sipHash13(bytes.dataStart, 4, 3, 2)).not.toBe(hash);
    expect(sipHash13(bytes.dataStart, 4, 1, 3)).not.toBe(hash);
  });
});
