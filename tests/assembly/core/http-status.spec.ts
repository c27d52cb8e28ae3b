import { Utf8 } from "../../../assembly/core/bytes";
import { isServerError, isTooManyRequests } from "../../../assembly/core/http-status";

describe("isServerError", () => {
  it("is so from 500 on", () => {
    const fine: string[] = ["200", "204", "304", "404", "429", "499", "", "5", "50", "5000"];
    for (let i = 0; i < fine.length; i++) expect(isServerError(new Utf8(fine[i]))).toBe(false, fine[i]);
    const failed: string[] = ["500", "502", "503", "504", "599"];
    for (let i = 0; i < failed.length; i++) expect(isServerError(new Utf8(failed[i]))).toBe(true, failed[i]);
  });
});

describe("isTooManyRequests", () => {
  it("is so for 429 alone", () => {
    expect(isTooManyRequests(new Utf8("429"))).toBe(true);
    const others: string[] = ["200", "428", "439", "529", "", "42", "4290"];
    for (let i = 0; i < others.length; i++) expect(isTooManyRequests(new Utf8(others[i]))).toBe(false, others[i]);
  });
});
