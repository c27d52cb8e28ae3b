import fc from "fast-check";

/** How one place of a configuration is changed. */
export type Change = "change" | "remove" | "add" | "wrap" | "graft";

/**
 * Configurations near the given good ones: as they are, with one place changed to any other JSON or taken away,
 * with one key more, and texts cut short or with a few bytes changed. If told, also with a value put into a list or an
 * object of its own, or with another place's value instead.
 */
export function nearby<Config>(
  good: fc.Arbitrary<Config>,
  changes: readonly Change[] = ["change", "remove", "add"],
): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(good, fc.nat(), fc.constantFrom(...changes), fc.jsonValue({ maxDepth: 2 }))
    .map(([config, place, how, value]) => encode(JSON.stringify(changeAt(structuredClone(config), place, how, value))));
  const corrupted = fc
    .tuple(
      good,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([config, bytes, share]) => corrupt(encode(JSON.stringify(config)), bytes, share));
  const whole = good.map((config) => encode(JSON.stringify(config)));
  return fc.oneof(
    { weight: 1, arbitrary: whole },
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: corrupted },
  );
}

function corrupt(text: Uint8Array, bytes: [number, number][], share: number): Uint8Array {
  for (const [place, byte] of bytes) text[place % text.length] = byte;
  return share > 0.5 ? text : text.slice(0, Math.floor(text.length * share * 2));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Changes one value of the tree, counted in the order of its text. */
function changeAt(config: unknown, place: number, how: Change, value: unknown): unknown {
  const places = placesOf(config);
  const [parent, key] = places[place % (places.length + 1)] ?? [];
  if (parent === undefined || key === undefined) return value;
  const holder = parent as Record<string | number, unknown>;
  if (how === "change") holder[key] = value;
  else if (how === "wrap")
    holder[key] = value === null || typeof value === "object" ? [{ name: holder[key] }] : [holder[key]];
  else if (how === "graft") holder[key] = structuredClone(graftFrom(places, place));
  else if (how === "add" && !Array.isArray(parent)) holder["unknown_key"] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
  return config;
}

/** The value of another place that the number names. */
function graftFrom(places: [parent: object, key: string][], place: number): unknown {
  const [parent, key] = places[Math.floor(place / places.length) % places.length]!;
  return (parent as Record<string, unknown>)[key];
}

function placesOf(value: unknown): [parent: object, key: string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[value, key] as [object, string], ...placesOf(child)]);
}

/** Header values as clients send them: short and long, empty, with any byte but CR, LF and NUL. */
export function headerValues(likely: readonly string[]): fc.Arbitrary<string> {
  const bytes = fc.array(
    fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 10 && byte !== 13),
    { maxLength: 40 },
  );
  return fc.oneof(
    { weight: 60, arbitrary: likely.length > 0 ? fc.constantFrom(...likely) : fc.constant("") },
    { weight: 30, arbitrary: bytes.map((codes) => String.fromCharCode(...codes)) },
    { weight: 20, arbitrary: fc.nat(100_000).map(String) },
    { weight: 10, arbitrary: fc.constant("") },
    // Past what the plugin's arena of 16 KB holds, now and then.
    { weight: 10, arbitrary: fc.tuple(fc.integer({ min: 0x20, max: 0xff }), fc.constantFrom(300, 2000)).map(long) },
    { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 0x20, max: 0xff }), fc.constantFrom(8192, 61440)).map(long) },
  );
}

function long([code, length]: [number, number]): string {
  return String.fromCharCode(code).repeat(length);
}
