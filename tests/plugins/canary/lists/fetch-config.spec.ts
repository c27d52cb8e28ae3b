import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJson } from "../../../../assembly/core/json";
import { FetchConfig, readFetch } from "../../../../plugins/canary/lists/fetch-config";

const WHOLE = '"cluster": "lists", "authority": "lists.test", "path": "/ids?of=testers"';


@final
class Read {
  readonly problems: Problems;
  readonly config: FetchConfig;

  constructor(members: string) {
    const problems = new Problems();
    const node = ConfigNode.root(parseJson(new Utf8(`{${members}}`)), problems);
    this.problems = problems;
    this.config = node != null ? readFetch(node) : new FetchConfig();
  }
}

describe("readFetch", () => {
  it("has defaults for all but where the list is", () => {
    const read = new Read(WHOLE);
    expect(read.problems.ok).toBe(true, read.problems.list.join());
    const config = read.config;
    expect(config.cluster).toBe("lists");
    expect(config.authority).toBe("lists.test");
    expect(config.path).toBe("/ids?of=testers");
    expect(config.refreshMs).toBe(300_000);
    expect(config.timeoutMs).toBe(5000);
    expect(config.maxBytes).toBe(33_554_432);
    expect(config.maxIds).toBe(1_000_000);
  });

  it("reads what is given", () => {
    const config = new Read(`${WHOLE}, "refresh": "1h", "timeout": "250ms", "max_bytes": 1000, "max_ids": 20`).config;
    expect(config.refreshMs).toBe(3_600_000);
    expect(config.timeoutMs).toBe(250);
    expect(config.maxBytes).toBe(1000);
    expect(config.maxIds).toBe(20);
  });

  it("refuses what is missing, unknown or out of range", () => {
    const wrong = [
      '"cluster": "lists", "authority": "lists.test"',
      '"cluster": "lists", "path": "/"',
      '"authority": "lists.test", "path": "/"',
      WHOLE.replace('"lists"', '""'),
      WHOLE.replace('"lists"', '"a b"'),
      WHOLE.replace("lists.test", "lists\\r\\nx: y"),
      WHOLE.replace("/ids", "ids"),
      WHOLE.replace("/ids", "/é"),
      `${WHOLE}, "refresh": "9s"`,
      `${WHOLE}, "refresh": "25h"`,
      `${WHOLE}, "refresh": 60`,
      `${WHOLE}, "timeout": "99ms"`,
      `${WHOLE}, "timeout": "61s"`,
      `${WHOLE}, "max_bytes": 0`,
      `${WHOLE}, "max_bytes": 67108865`,
      `${WHOLE}, "max_ids": 0`,
      `${WHOLE}, "max_ids": 1000001`,
      `${WHOLE}, "max_id": 5`,
    ];
    for (let i = 0; i < wrong.length; i++) {
      const problems = new Read(wrong[i]).problems.list;
      expect(problems.length).toBe(1, wrong[i] + problems.join());
    }
  });
});

describe("FetchConfig.tag", () => {
  it("is the same for all that one text can serve, and for no others", () => {
    const tags = new Set<u64>();
    const same = new Read(WHOLE).config.tag;
    expect(new Read(`${WHOLE}, "refresh": "1h", "timeout": "1s"`).config.tag).toBe(same);
    tags.add(same);
    tags.add(new Read(WHOLE.replace("testers", "others")).config.tag);
    tags.add(new Read(WHOLE.replace("lists.test", "lists.two")).config.tag);
    tags.add(new Read(WHOLE.replace('"lists"', '"lists2"')).config.tag);
    tags.add(new Read(`${WHOLE}, "max_ids": 5`).config.tag);
    tags.add(new Read(`${WHOLE}, "max_bytes": 5`).config.tag);
    expect(tags.size).toBe(6);
  });
});
