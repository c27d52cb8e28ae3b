import { Utf8 } from "../../../assembly/core/bytes";
import { isExhaustedGrpcStatus, isFailedGrpcStatus } from "../../../assembly/core/grpc-status";

describe("isFailedGrpcStatus", () => {
  it("is so for what Envoy translates to 500 and above", () => {
    const failed: i32[] = [2, 4, 12, 13, 14, 15];
    for (let status = 0; status <= 16; status++) {
      expect(isFailedGrpcStatus(new Utf8(status.toString()))).toBe(failed.includes(status), status.toString());
    }
  });

  it("is so for what is no gRPC status", () => {
    const wrong: string[] = ["", "17", "99", "-1", "x", "1x", "x1", "000", "4294967296", " 0"];
    for (let i = 0; i < wrong.length; i++) expect(isFailedGrpcStatus(new Utf8(wrong[i]))).toBe(true, wrong[i]);
  });
});

describe("isExhaustedGrpcStatus", () => {
  it("is so for 8 alone", () => {
    expect(isExhaustedGrpcStatus(new Utf8("8"))).toBe(true);
    const others: string[] = ["", "0", "14", "18", "80", "88", "08"];
    for (let i = 0; i < others.length; i++) expect(isExhaustedGrpcStatus(new Utf8(others[i]))).toBe(false, others[i]);
  });
});
