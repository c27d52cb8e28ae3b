import { parseJsonText } from "../../../../assembly/core/json";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Baggage } from "../../../../plugins/trace/baggage/baggage";
import { BaggageConfig, readBaggageConfig } from "../../../../plugins/trace/baggage/config";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { RecordedEdits, send } from "../sent";

function configOf(json: string): BaggageConfig {
  const problems = new Problems();
  const config = readBaggageConfig(ConfigNode.root(parseJsonText(`{"baggage": ${json}}`), problems)!);
  expect<string>(problems.list.join()).toBe("");
  return config;
}

/** A filter that carries baggage on. */
class Carried {
  readonly headers: TraceHeaders;
  readonly baggage: Baggage;
  trusted: bool = true;
  reads: string = "baggage";
  writes: string = "baggage";

  constructor(json: string = "{}") {
    const headers = new TraceHeaders();
    this.headers = headers;
    this.baggage = new Baggage(configOf(json), headers);
  }

  from(formats: string): Carried {
    this.reads = formats;
    return this;
  }

  to(formats: string): Carried {
    this.writes = formats;
    return this;
  }

  untrusted(): Carried {
    this.trusted = false;
    return this;
  }

  /** What is written when a request with these headers comes. */
  edits(pairs: string[]): string {
    send(this.headers, pairs);
    const edits = new RecordedEdits(this.headers);
    const reads = this.reads;
    const writes = this.writes;
    this.baggage.handle(
      this.trusted,
      reads.includes("baggage"),
      reads.includes("jaeger"),
      writes.includes("baggage"),
      writes.includes("jaeger"),
      edits,
    );
    return edits.toString();
  }
}

/** What becomes of one baggage header under these keys of the configuration; "" when it goes on as it is. */
function became(header: string, json: string = "{}"): string {
  return new Carried(json).edits(["baggage", header]);
}

function expectKept(headers: string[]): void {
  for (let i = 0; i < headers.length; i++) expect<string>(became(headers[i])).toBe("", headers[i]);
}

function expectDropped(headers: string[]): void {
  for (let i = 0; i < headers.length; i++) expect<string>(became(headers[i])).toBe("-baggage", headers[i]);
}

function items(from: i32, to: i32): string {
  const all: string[] = [];
  for (let i = from; i <= to; i++) all.push(`key${i}=value${i}`);
  return all.join(",");
}

describe("one baggage header", () => {
  // W3C Baggage, test/test_baggage.py.
  it("goes on byte for byte where the W3C suite parses it", () => {
    expectKept(["SomeKey=SomeValue", "SomeKey=SomeValue;SomeProp,SomeKey2=SomeValue2;ValueProp=PropVal"]);
    expectKept([
      "SomeKey \t = \t SomeValue \t ; \t SomeProp \t , \t SomeKey2 \t = \t SomeValue2 \t ; \t ValueProp \t = \t PropVal",
    ]);
    expectKept(["SomeKey=SomeValue;SomePropKey=SomePropValue,SomeKey2=SomeValue2;SomePropKey2=SomePropValue2"]);
    expectKept(["SomeKey=SomeValue=equals", "SomeKey=%09%20%22%27%3B%3Dasdf%21%40%23%24%25%5E%26%2A%28%29"]);
    expectKept(["SomeKey=SomeValue;SomeProp;SomeProp=PropValue;SomeProp=AnotherPropValue"]);
    expectKept(["SomeKey=SomeValue;ValueProp%20%09%20%3D%20%09%20PropVal", "SomeKey \t = \t SomeValue \t "]);
  });

  it("goes on within the limits of the W3C suite", () => {
    const many: string[] = [];
    for (let i = 0; i < 64; i++) many.push(`key${i}=value`);
    const long = "a=" + "0123456789".repeat(819);
    expect<i32>(long.length).toBe(8192);
    expectKept([many.join(","), long]);
  });

  // https://www.w3.org/TR/baggage/#example and the examples behind it.
  it("goes on as in the text's examples", () => {
    expectKept(["key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue"]);
    expectKept([
      "userId=Am%C3%A9lie,serverNode=DF%2028,isProduction=false",
      "serverNode = DF%2028, isProduction = false",
    ]);
  });

  // OpenTelemetry Python, opentelemetry-api/tests/propagators/test_w3cbaggagepropagator.py.
  it("goes on where OpenTelemetry's Python takes all of it", () => {
    expectKept(["", "key1=val1,key2=val2", "key1 =   val1,  key2 =val2   ", "key1\t=\tval1", "key1 = val1;prop=1"]);
    expectKept(["key1 = val1 ; prop1 = 1 ; prop2 ;prop3= 2", "key1=val1,key2=val2%3Aval3,key3=val4%40%23%24val5"]);
    expectKept(["key1=,key2=val2", "key%23key=value%23value", "keykey=value%5Evalue"]);
  });

  it("loses what OpenTelemetry's Python does not take", () => {
    expectDropped(["key 1=val1", "key1=val 1", "key1=val1;pr op=1", "key1=val1;pr op", " = ", "header1"]);
    expect<string>(became("key1=val1,key2=val2,a,val3")).toBe("baggage=key1=val1,key2=val2");
    expect<string>(became("key1=val1,key2=test\u00e9")).toBe("baggage=key1=val1");
    expect<string>(became("key1=" + "s".repeat(8193))).toBe("-baggage");
    const json = '{"max_member_bytes": 4096}';
    expect<string>(became(`key1=value1,key2=${"s".repeat(4097)},key3=value3`, json)).toBe(
      "baggage=key1=value1,key3=value3",
    );
    expect<string>(became(items(1, 65))).toBe("baggage=" + items(1, 64));
    expect<string>(became("bad," + items(1, 64))).toBe("baggage=" + items(1, 64));
  });

  // OpenTelemetry Java, api/all/.../W3CBaggagePropagatorTest.java; empty values, which it leaves out, are in W3C's grammar.
  it("loses what OpenTelemetry's Java does not take", () => {
    expectKept(["key=value1,key=value2", "  key=value1", "key     =value1", "key=value1      ;meta1=meta2"]);
    expectKept(["key1= value1; metadata-key = value; othermetadata, key2 =value2 , key3 =\tvalue3 ; "]);
    expectKept(["key1=", "key1=;metakey=metaval", "key1=     ,key1=val"]);
    expectDropped(["   =value1", "ke y=value1", "ke?y=value1", "key=valu e1", "key=val\\ue1"]);
    expect<string>(became("ke<y=value1, ;sss,key=value;meta1=value1;meta2=value2,ke(y=value;meta=val ")).toBe(
      "baggage=key=value;meta1=value1;meta2=value2",
    );
    expect<string>(became("key=val\\ue1,key1=val")).toBe("baggage=key1=val");
    expect<string>(
      became(
        "key1= v;alsdf;-asdflkjasdf===asdlfkjadsf ,,a sdf9asdf-alue1; metadata-key = value; othermetadata, key2 =value2, key3 =\tvalue3 ; ",
      ),
    ).toBe("baggage=key1= v;alsdf;-asdflkjasdf===asdlfkjadsf,key2 =value2,key3 =\tvalue3 ;");
  });
});

describe("several baggage headers", () => {
  it("are one list, which stays in its headers as long as all of it goes on", () => {
    const carried = new Carried();
    expect<string>(carried.edits(["baggage", "userId=alice", "baggage", "serverNode=DF%2028,isProduction=false"])).toBe(
      "",
    );
    expect<string>(carried.edits(["baggage", items(1, 60), "baggage", items(61, 65)])).toBe("baggage=" + items(1, 64));
    expect<i32>(carried.baggage.dropped).toBe(1);
    expect<string>(carried.edits(["baggage", "a=1 ", "baggage", "b", "baggage", " c=3;p"])).toBe("baggage=a=1,c=3;p");
    expect<string>(carried.edits(["baggage", "a", "baggage", "b"])).toBe("-baggage");
    expect<string>(carried.edits([])).toBe("");
    expect<i32>(carried.baggage.dropped).toBe(0);
  });

  it("keep to the bytes together, what fits behind an item that does not", () => {
    const json = '{"max_bytes": 20}';
    expect<string>(became("a=12345678,b=12345678", json)).toBe("baggage=a=12345678");
    expect<string>(became("a=12345678,b=1234567", json)).toBe("");
    expect<string>(became("a=12345678,b=12345678,c=1", json)).toBe("baggage=a=12345678,c=1");
    expect<string>(new Carried(json).edits(["baggage", "a=12345678", "baggage", "b=1234567"])).toBe("");
    expect<string>(new Carried(json).edits(["baggage", "a=12345678", "baggage", "b=12345678"])).toBe(
      "baggage=a=12345678",
    );
    expect<string>(became("a=1        ,        b=2", json)).toBe("baggage=a=1,b=2", "white space counts too");
  });

  it("are all looked at, however many there are", () => {
    const pairs: string[] = [];
    for (let i = 0; i < 1000; i++) (pairs.push(i % 2 == 0 ? "baggage" : `uberctx-${i}`), pairs.push("a=1"));
    const edits = new Carried().edits(pairs).split("; ");
    expect<string>(edits[0]).toBe("baggage=" + "a=1,".repeat(63) + "a=1");
    expect<i32>(edits.length).toBe(1 + 500 - 64);
    expect<string>(edits[1]).toBe("-uberctx-129");
    expect<string>(edits[edits.length - 1]).toBe("-uberctx-999");
  });
});

describe("lists of names", () => {
  it("let only what is allowed and not denied go on", () => {
    const json = '{"allow": ["user.*", "tenant"], "deny": ["user.secret*"]}';
    expect<string>(became("user.id=1,tenant=2", json)).toBe("");
    expect<string>(became("user.id=1,users=2,tenants=3,tenant=4;p,user.secrets=5, user.=6", json)).toBe(
      "baggage=user.id=1,tenant=4;p,user.=6",
    );
    expect<string>(became("a=1,internal.x=2", '{"deny": ["internal.*"]}')).toBe("baggage=a=1");
    expect<string>(became("a=1", '{"allow": []}')).toBe("-baggage");
    expect<string>(became("a=1", '{"deny": ["*"]}')).toBe("-baggage");
  });

  it("do not mind capitals, nor percent-encoding where they deny", () => {
    expect<string>(became("a=1,Internal.X=2", '{"deny": ["internal.*"]}')).toBe("baggage=a=1");
    expect<string>(became("a=1,%69nternal%2Ex=2", '{"deny": ["INTERNAL.*"]}')).toBe("baggage=a=1");
    expect<string>(became("a=1,%41=2,%4=3", '{"deny": ["a"]}')).toBe("baggage=%4=3");
    expect<string>(became("tenant=1,%74enant=2", '{"allow": ["tenant"]}')).toBe("baggage=tenant=1");
  });

  it("tell long names apart as far as they can be listed", () => {
    const name = "n".repeat(128);
    expect<string>(became(`${name}=1,${name}n=2,${name.substring(1)}=3`, `{"allow": ["${name}"]}`)).toBe(
      `baggage=${name}=1`,
    );
    expect<string>(became(`${name}=1,${name}n=2`, `{"allow": ["${name.substring(1)}*"]}`)).toBe("");
  });

  it("hold for Jaeger's headers too, read or not", () => {
    const json = '{"deny": ["internal.*"]}';
    expect<string>(new Carried(json).edits(["uberctx-a", "1", "uberctx-internal.x", "2"])).toBe("-uberctx-internal.x");
    expect<string>(new Carried(json).edits(["jaeger-baggage", "internal.x=1"])).toBe("-jaeger-baggage");
    expect<string>(new Carried().edits(["uberctx-a", "1", "jaeger-baggage", "b=2"])).toBe("");
  });
});

describe("a caller who is not trusted", () => {
  it("brings in no baggage", () => {
    const pairs = ["baggage", "a=1,b=2", "uberctx-a", "1", "jaeger-baggage", "c=3"];
    const carried = new Carried().untrusted();
    expect<string>(carried.edits(pairs)).toBe("-jaeger-baggage; -baggage; -uberctx-a");
    expect<i32>(carried.baggage.dropped).toBe(4);
    expect<string>(carried.to("").edits(pairs)).toBe("-jaeger-baggage; -baggage; -uberctx-a");
    expect<string>(carried.from("").to("baggage jaeger").edits(pairs)).toBe("-jaeger-baggage; -baggage; -uberctx-a");
    expect<string>(carried.edits(["x-other", "1"])).toBe("");
  });

  it("brings in what the list allows, in a form that is read, out of which others are made", () => {
    const json = '{"allow": ["user.*"]}';
    const carried = new Carried(json).untrusted();
    expect<string>(carried.edits(["baggage", "user.id=1;p , x=2"])).toBe("baggage=user.id=1;p");
    expect<string>(carried.edits(["baggage", "user.id=1"])).toBe("");
    expect<string>(carried.edits(["uberctx-user.id", "1"])).toBe("-uberctx-user.id");
    carried.to("jaeger");
    expect<string>(carried.edits(["baggage", "user.id=1,x=2"])).toBe("-baggage; uberctx-user.id=1");
    carried.from("jaeger").to("baggage");
    expect<string>(carried.edits(["uberctx-user.id", "1", "uberctx-x", "2", "baggage", "user.name=b"])).toBe(
      "baggage=user.id=1; -uberctx-user.id; -uberctx-x",
    );
  });
});

describe("from baggage to Jaeger's headers", () => {
  // OpenTelemetry Java, JaegerPropagatorTest.java: inject_SampledContext_withBaggage, inject_baggageOnly.
  it("writes a header an item, without properties", () => {
    const carried = new Carried().to("jaeger");
    expect<string>(carried.edits(["baggage", "foo=bar"])).toBe("uberctx-foo=bar");
    expect<string>(
      carried.edits(["baggage", "nometa=nometa-value,meta = meta-value ;somemetadata; someother=foo"]),
    ).toBe("uberctx-nometa=nometa-value; uberctx-meta=meta-value");
  });

  // OpenTelemetry JS, JaegerPropagator.ts: values are percent-encoded.
  it("keeps values encoded, and makes them safe to decode", () => {
    const carried = new Carried().to("jaeger");
    expect<string>(carried.edits(["baggage", "UserId=Am%C3%A9lie,b=1+1,c=5%,d=%zz,e="])).toBe(
      "uberctx-userid=Am%C3%A9lie; uberctx-b=1%2B1; uberctx-c=5%25; uberctx-d=%25zz; uberctx-e=",
    );
  });

  it("writes nothing that is there already, and what says otherwise anew", () => {
    const carried = new Carried().to("jaeger");
    expect<string>(carried.edits(["baggage", "a=1,b=2,a=3", "uberctx-a", "3", "uberctx-c", "4"])).toBe(
      "-uberctx-c; uberctx-b=2",
    );
    expect<string>(carried.edits(["baggage", "a=1", "uberctx-a", "2", "uberctx-a", "1"])).toBe("uberctx-a=1");
    carried.from("baggage jaeger").to("baggage jaeger");
    expect<string>(carried.edits(["baggage", "a=1,b=2", "uberctx-a", "1", "uberctx-b", "2"])).toBe("");
    expect<string>(carried.edits(["baggage", "a=1,b=2", "uberctx-a", "1", "uberctx-b", "3"])).toBe("uberctx-b=2");
    expect<string>(carried.edits(["baggage", "a=1", "uberctx-b", "3"])).toBe("baggage=a=1,b=3; uberctx-a=1");
  });

  it("keeps to the limits", () => {
    const carried = new Carried('{"max_members": 2, "max_bytes": 20, "max_member_bytes": 10}').to("jaeger");
    expect<string>(carried.edits(["baggage", "a=1+234567,b=1"])).toBe("uberctx-b=1");
    expect<i32>(carried.baggage.dropped).toBe(1);
    expect<string>(carried.edits(["baggage", "a=1+2345,b=1+2345"])).toBe("uberctx-a=1%2B2345");
    const long = new Carried().to("jaeger");
    expect<string>(long.edits(["baggage", "x".repeat(257) + "=1," + "y".repeat(256) + "=1"])).toBe(
      `uberctx-${"y".repeat(256)}=1`,
    );
  });
});

describe("from Jaeger's headers to baggage", () => {
  // OpenTelemetry Java, JaegerPropagatorTest.java: extract_baggageOnly_withPrefix, ..._emptyKey.
  it("makes them one list", () => {
    const carried = new Carried().from("jaeger");
    expect<string>(carried.edits(["uberctx-nometa", "nometa-value", "uberctx-meta", "meta-value"])).toBe(
      "baggage=nometa=nometa-value,meta=meta-value",
    );
    expect<string>(carried.edits(["uberctx-", "value"])).toBe("-uberctx-");
  });

  it("encodes what a member cannot hold", () => {
    const carried = new Carried().from("jaeger");
    expect<string>(carried.edits(["uberctx-a", 'x y,z;"\\\u00e9', "uberctx-b", "5%", "uberctx-c", "a%2fb+c"])).toBe(
      "baggage=a=x%20y%2Cz%3B%22%5C%C3%A9,b=5%25,c=a%2fb+c",
    );
  });

  it("adds them to what the header has, which counts where both name an item", () => {
    const carried = new Carried().from("baggage jaeger");
    expect<string>(carried.edits(["baggage", "userId=1", "uberctx-userid", "2", "uberctx-b", "3"])).toBe(
      "baggage=userId=1,b=3",
    );
    expect<string>(carried.edits(["baggage", "userId=1", "uberctx-userid", "2"])).toBe("");
    carried.from("jaeger");
    expect<string>(carried.edits(["baggage", "userId=1", "uberctx-userid", "2"])).toBe("baggage=userid=2");
    expect<string>(carried.edits(["baggage", "userId=1"])).toBe("");
    expect<string>(carried.edits(["baggage", "b=%33;p,userId=2,c=1", "uberctx-userid", "2", "uberctx-b", "3"])).toBe(
      "baggage=b=%33;p,userId=2",
    );
  });

  it("takes the first header of a name, and leaves only that", () => {
    const carried = new Carried().from("jaeger");
    expect<string>(carried.edits(["uberctx-a", "1", "uberctx-b", "2", "uberctx-a", "3"])).toBe(
      "baggage=a=1,b=2; uberctx-a=1",
    );
    expect<i32>(carried.baggage.dropped).toBe(1);
  });

  it("keeps to the limits", () => {
    const short = new Carried('{"max_bytes": 20}').from("jaeger");
    expect<string>(short.edits(["uberctx-a", "1 2 3 4 5 6 7 8 9"])).toBe("", "28 bytes once encoded");
    expect<string>(short.edits(["uberctx-a", "1 2 3 4 5 6", "uberctx-b", ""])).toBe("baggage=b=");
    expect<string>(short.edits(["uberctx-a", "1 2 3 4 5", "uberctx-b", "1"])).toBe("baggage=a=1%202%203%204%205");
    const carried = new Carried('{"max_members": 2, "max_bytes": 20, "max_member_bytes": 10}').from("jaeger");
    expect<string>(carried.edits(["uberctx-a", "1", "uberctx-b", "2", "uberctx-c", "3"])).toBe(
      "baggage=a=1,b=2; -uberctx-c",
    );
    expect<string>(carried.edits(["uberctx-a", "   5678"])).toBe("");
    expect<i32>(carried.baggage.dropped).toBe(1);
    expect<string>(carried.edits(["uberctx-a", "123456789", "uberctx-b", "1"])).toBe("baggage=b=1; -uberctx-a");
  });
});

describe("60 KB of baggage", () => {
  it("is cut to the limits", () => {
    const carried = new Carried();
    expect<string>(carried.edits(["baggage", "a=1" + ",".repeat(60_000) + "b=2"])).toBe("baggage=a=1,b=2");
    expect<string>(carried.edits(["baggage", "a=" + "x".repeat(60_000) + ",b=2"])).toBe("baggage=b=2");
    expect<string>(carried.edits(["baggage", "a=1,".repeat(15_000)])).toBe("baggage=" + "a=1,".repeat(63) + "a=1");
    expect<i32>(carried.baggage.dropped).toBe(15_000 - 64);
    expect<string>(carried.edits(["baggage", "!,".repeat(30_000) + "b=2"])).toBe("-baggage", "far behind");
    expect<string>(carried.edits(["baggage", "a=" + ";".repeat(60_000)])).toBe("-baggage");
    expect<string>(carried.edits(["baggage", " ".repeat(60_000)])).toBe("-baggage");
  });
});

const BYTES: string = 'ab%2,;= \t"\\+~\u00e9*Z';

/** A header of the grammar's bytes and others. */
function randomHeader(random: Xoshiro256): string {
  let text = "";
  const length = <i32>(random.next() % 60);
  for (let i = 0; i < length; i++) {
    const pick = random.next();
    text += pick % 4 == 0 ? ",k=" : BYTES.charAt(<i32>((pick >> 8) % <u64>BYTES.length));
  }
  return text;
}

function valueOf(edit: string): string {
  return edit.substring(edit.indexOf("=") + 1);
}

describe("any baggage", () => {
  it("is settled once: what goes on is not changed by the next hop", () => {
    const random = new Xoshiro256();
    random.seedPoor(3, 1, 4, 1);
    const carried = new Carried('{"deny": ["b*"], "max_members": 4, "max_bytes": 40}');
    let wrong = "";
    let rewritten = 0;
    for (let i = 0; i < 5000; i++) {
      const header = randomHeader(random);
      const edit = carried.edits(["baggage", header]);
      if (edit.length > 0 != (carried.baggage.dropped > 0 || header.length > 40)) wrong = header;
      if (!edit.startsWith("baggage=")) continue;
      rewritten++;
      if (valueOf(edit).length > 40 || carried.edits(["baggage", valueOf(edit)]) != "") wrong = `${header} -> ${edit}`;
    }
    expect<string>(wrong).toBe("");
    expect<bool>(rewritten > 500).toBe(true, rewritten.toString());
  });

  it("goes to Jaeger's form and back as it was, but for properties and what need not be encoded", () => {
    const random = new Xoshiro256();
    random.seedPoor(5, 9, 2, 6);
    const there = new Carried().to("jaeger");
    const back = new Carried().from("jaeger").to("baggage");
    const again = new Carried().to("jaeger");
    let wrong = "";
    for (let i = 0; i < 5000; i++) {
      const header = "k=" + randomHeader(random).split(",").join("").split(";").join("");
      const jaeger = there.edits(["baggage", header]);
      if (!jaeger.startsWith("uberctx-k=")) continue;
      const baggage = back.edits(["uberctx-k", valueOf(jaeger)]);
      if (again.edits(["baggage", valueOf(baggage)]) != jaeger) wrong = `${header} -> ${jaeger} -> ${baggage}`;
    }
    expect<string>(wrong).toBe("");
  });
});
