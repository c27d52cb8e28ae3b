import { Problems } from "../../../../assembly/core/config-reader";
import { HeaderNames } from "../../../../assembly/request/facts";
import { prioritiesOf, readMembers } from "./priorities";

function problemsOf(members: string): string {
  const problems = new Problems();
  readMembers(members, new HeaderNames(), problems);
  return problems.list.join("\n");
}

/** The problems of classes (the inside of the array). */
function classProblems(classes: string): string {
  return problemsOf(`"classes": [${classes}]`);
}

function expectPart(text: string, part: string): void {
  expect(text.includes(part)).toBe(true, `${part} in: ${text}`);
}

const MATCHED = '"match": {"methods": ["PUT"]}';

describe("readPriorities", () => {
  it("applies the defaults", () => {
    const config = prioritiesOf('"classes": [{"name": "default"}]', new HeaderNames());
    expect(config.classes.length).toBe(1);
    expect(config.classes[0].floor).toBe(0.01);
    expect(config.classes[0].match == null).toBe(true);
    expect(config.cohortKey == null).toBe(true);
    expect(config.rotationNs).toBe(300_000_000_000);
  });

  it("reads every key", () => {
    const config = prioritiesOf(
      `"classes": [{"name": "critical_1", ${MATCHED}, "floor_percent": 12.5}, {"name": "rest", "floor_percent": 0}],
       "cohort_key": [{"header": "x-user"}, {"path_segment": 1}], "rotation": "1h"`,
      new HeaderNames(),
    );
    expect(config.classes[0].name).toBe("critical_1");
    expect(config.classes[0].floor).toBe(0.125);
    expect(config.classes[0].match != null).toBe(true);
    expect(config.classes[1].floor).toBe(0);
    expect(config.cohortKey!.parts.length).toBe(2);
    expect(config.rotationNs).toBe(3_600_000_000_000);
  });

  it("takes floors that add up to 100 percent", () => {
    const third = '"floor_percent": 33.3333333333';
    expect(
      classProblems(
        `{"name": "a", ${MATCHED}, ${third}}, {"name": "b", ${third}}, {"name": "c", ${MATCHED}, ${third}}`,
      ),
    ).toBe("");
  });
});

describe("readPriorities refuses", () => {
  it("what is missing, unknown, or too much", () => {
    expectPart(problemsOf(""), '$: expected the key "classes"');
    expectPart(problemsOf('"classes": []'), "$.classes: expected 1 to 8 elements");
    expectPart(problemsOf('"classes": {}'), "$.classes: ");
    expectPart(classProblems("1"), "$.classes[0]: expected an object");
    expectPart(classProblems("{}"), '$.classes[0]: expected the key "name"');
    expectPart(classProblems('{"name": "a", "weight": 1}'), "$.classes[0].weight: unknown key");
    expectPart(problemsOf('"classes": [{"name": "a"}], "cohort": 1'), "$.cohort: unknown key");
    const nine: string[] = [];
    for (let i = 0; i < 9; i++) nine.push(`{"name": "c${i}", ${MATCHED}}`);
    expectPart(classProblems(nine.join()), "$.classes: expected 1 to 8 elements, not 9");
    expect(classProblems(nine.slice(1).join())).toBe("");
  });

  it("names that are not plain, or not one class's own", () => {
    expectPart(classProblems('{"name": "Critical"}'), "$.classes[0].name: ");
    expectPart(classProblems('{"name": ""}'), "$.classes[0].name: ");
    expectPart(classProblems(`{"name": "a", ${MATCHED}}, {"name": "a"}`), "$.classes[1].name: ");
  });

  it("two classes for the rest, and a match without condition", () => {
    expect(classProblems('{"name": "a"}, {"name": "b"}')).toBe(
      '$.classes[1]: expected the key "match": "a" already takes what no class matches',
    );
    expectPart(classProblems('{"name": "a", "match": {}}'), "$.classes[0].match: ");
    expectPart(
      classProblems('{"name": "a", "match": {"otherwise": true}}'),
      "$.classes[0].match.otherwise: unknown key",
    );
  });

  it("floors that are no part, or add up to more than all", () => {
    expectPart(classProblems('{"name": "a", "floor_percent": -1}'), "$.classes[0].floor_percent: ");
    expectPart(classProblems('{"name": "a", "floor_percent": 100.1}'), "$.classes[0].floor_percent: ");
    expectPart(classProblems('{"name": "a", "floor_percent": "5"}'), "$.classes[0].floor_percent: ");
    expectPart(
      classProblems(`{"name": "a", ${MATCHED}, "floor_percent": 60}, {"name": "b", "floor_percent": 41}`),
      "$.classes: expected floors that add up to at most 100 percent",
    );
  });

  it("cohort keys and rotations that are none", () => {
    const classes = '"classes": [{"name": "a"}]';
    expectPart(problemsOf(`${classes}, "cohort_key": {}`), "$.cohort_key: ");
    expectPart(problemsOf(`${classes}, "cohort_key": {"header": "X-User"}`), "$.cohort_key.header: ");
    expectPart(problemsOf(`${classes}, "rotation": "0s"`), "$.rotation: ");
    expectPart(problemsOf(`${classes}, "rotation": "25h"`), "$.rotation: ");
    expectPart(problemsOf(`${classes}, "rotation": 5`), "$.rotation: ");
  });
});
