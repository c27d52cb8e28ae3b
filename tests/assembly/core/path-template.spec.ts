import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { findSegment, PathTemplate } from "../../../assembly/core/path-template";

function holds(template: string, path: string): bool {
  return new PathTemplate(template).holds(new Utf8(path));
}

function segment(path: string, number: i32): string {
  const found = new ByteView();
  return findSegment(new Utf8(path), number, found) ? found.toString() : "none";
}

describe("PathTemplate", () => {
  it("takes one segment that is not empty for a parameter", () => {
    const template = "/users/{id}/orders/{order}";
    expect(holds(template, "/users/42/orders/7")).toBe(true);
    expect(holds(template, "/users/a%2Fb/orders/.x")).toBe(true);
    expect(holds(template, "/users//orders/7")).toBe(false);
    expect(holds(template, "/users/42/43/orders/7")).toBe(false);
    expect(holds(template, "/users/42/orders")).toBe(false);
    expect(holds(template, "/users/42/orders/7/8")).toBe(false);
    expect(holds(template, "/Users/42/orders/7")).toBe(false);
  });

  it("takes the whole path, but for a slash at its end", () => {
    expect(holds("/login", "/login")).toBe(true);
    expect(holds("/login", "/login/")).toBe(true);
    expect(holds("/login/", "/login")).toBe(true);
    expect(holds("/login", "/login2")).toBe(false);
    expect(holds("/login", "/logi")).toBe(false);
    expect(holds("/login", "/login//")).toBe(false);
    expect(holds("/", "/")).toBe(true);
    expect(holds("/", "/a")).toBe(false);
    expect(holds("/{a}", "/")).toBe(false);
    expect(holds("/", "")).toBe(false);
    expect(holds("/{a}", "*")).toBe(false);
  });

  it("takes any rest for **", () => {
    expect(holds("/files/**", "/files")).toBe(true);
    expect(holds("/files/**", "/files/")).toBe(true);
    expect(holds("/files/**", "/files/a/b/c")).toBe(true);
    expect(holds("/files/**", "/files2")).toBe(false);
    expect(holds("/**", "/")).toBe(true);
    expect(holds("/{a}/**", "/x/y")).toBe(true);
    expect(holds("/{a}/**", "/")).toBe(false);
  });

  it("knows which segment a parameter is", () => {
    const template = new PathTemplate("/users/{id}/orders/{order}");
    expect(template.problem).toBe("");
    expect(template.parameters.join()).toBe("id,order");
    expect(template.segmentOf("id")).toBe(2);
    expect(template.segmentOf("order")).toBe(4);
    expect(template.segmentOf("user")).toBe(0);
  });

  it("says what is wrong with it", () => {
    const wrong = ["/{}", "/{a", "/a}", "/x{a}", "/{a}x", "/*", "/a/**/b", "/{a b}", "/{_a}", "/{{a}}", "/***"];
    for (let i = 0; i < wrong.length; i++) {
      expect(new PathTemplate(wrong[i]).problem.includes("expected segments")).toBe(true, wrong[i]);
    }
    expect(new PathTemplate("/{a}/{a}").problem).toBe("expected each parameter once, not {a} twice");
    expect(new PathTemplate("/a".repeat(33)).problem).toBe("expected at most 32 segments");
    expect(new PathTemplate("/a".repeat(32)).problem).toBe("");
  });
});

describe("findSegment", () => {
  it("counts from 1, and finds none that is empty", () => {
    expect(segment("/users/42/", 1)).toBe("users");
    expect(segment("/users/42/", 2)).toBe("42");
    expect(segment("/users/42/", 3)).toBe("none");
    expect(segment("/users/42", 3)).toBe("none");
    expect(segment("/", 1)).toBe("none");
    expect(segment("", 1)).toBe("none");
  });
});
