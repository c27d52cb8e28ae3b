import { ExactShares } from "../../../../plugins/ratelimit/concurrency/share";

const shares = new ExactShares();

function share(whole: f64, weights: f64[], turn: f64): f64[] {
  let total: f64 = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  shares.begin(whole, total, turn);
  return weights.map<f64>((weight) => shares.next(weight));
}

let seed: u32 = 1;
function random(): f64 {
  seed = seed * 1664525 + 1013904223;
  return <f64>seed / 4294967296;
}

describe("ExactShares", () => {
  it("shares by weight", () => {
    expect(share(10, [1, 1], 0)).toStrictEqual([5, 5]);
    expect(share(10, [3, 1, 1], 0)).toStrictEqual([6, 2, 2]);
    expect(share(7, [0, 1], 0)).toStrictEqual([0, 7]);
  });

  it("gives whole numbers that add up to the whole", () => {
    let wrong = 0;
    for (let round = 0; round < 5000; round++) {
      const whole = Math.floor(random() * 200);
      const weights: f64[] = [];
      for (let i = 0; i <= round % 16; i++) weights.push(random() + 0.001);
      const parts = share(whole, weights, random() * 0.999);
      let sum: f64 = 0;
      for (let i = 0; i < parts.length; i++) {
        if (parts[i] != Math.floor(parts[i]) || parts[i] < 0) wrong++;
        sum += parts[i];
      }
      if (sum != whole) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("lets no worker always be the one that gets less", () => {
    const sums: f64[] = [0, 0, 0];
    for (let round = 0; round < 3000; round++) {
      const turn = <f64>round * 0.6180339887498949;
      const parts = share(4, [1, 1, 1], turn - Math.floor(turn));
      for (let i = 0; i < 3; i++) sums[i] += parts[i];
    }
    for (let i = 0; i < 3; i++) {
      expect(sums[i]).toBeGreaterThan(3960);
      expect(sums[i]).toBeLessThan(4040);
    }
  });
});
