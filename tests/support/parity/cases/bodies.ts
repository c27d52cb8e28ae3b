import type { ParityCase } from "../case.js";
import { op } from "../script.js";

const BUFFERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255];
const look = (type: number) => [op.bufferStatus(type), op.buffer(type)];

export const bodyCases: ParityCase[] = [
  {
    name: "buffers in each callback",
    script: {
      requestHeaders: BUFFERS.flatMap(look),
      requestBody: BUFFERS.flatMap(look),
      responseHeaders: BUFFERS.flatMap(look),
      log: [2, 3, 4, 5, 6, 7, 8, 9].flatMap(look),
    },
    request: { method: "POST", body: ["hello"] },
  },
  {
    name: "ranges of a body",
    script: {
      requestBody: [
        op.buffer(0, 1, 2),
        op.buffer(0, 3, 100),
        op.buffer(0, 5, 1),
        op.buffer(0, 6, 1),
        op.buffer(0, 0, 0),
        op.buffer(0, 0, 0xffff_ffff),
        op.buffer(0, 0xffff_ffff, 1),
        op.buffer(0, 1, 0xffff_ffff),
      ],
    },
    request: { method: "POST", body: ["hello"] },
  },
  ...(
    [
      ["prepend", 0, 0],
      ["replace by a length beyond the end", 0, 99],
      ["replace by the very length", 0, 5],
      ["a part at the beginning", 0, 2],
      ["append at the end", 5, 0],
      ["append behind the end", 99, 7],
      ["in the middle", 2, 1],
    ] as const
  ).map(([name, start, length]): ParityCase => ({
    name: `writing a body: ${name}`,
    script: {
      requestBody: [op.setBuffer(0, start, length, "NEW"), ...look(0)],
      responseBody: [op.setBuffer(1, start, length, "NEW"), ...look(1)],
    },
    request: { method: "POST", body: ["hello"] },
    response: { body: ["world"] },
  })),
  {
    name: "writing buffers that cannot be written",
    script: {
      requestHeaders: [0, 1, 4, 6, 7, 8, 9].map((type) => op.setBuffer(type, 0, 99, "NEW")),
      responseHeaders: [0, 1].map((type) => op.setBuffer(type, 0, 99, "NEW")),
    },
  },
  ...[1, 2, 3, 4].flatMap((status): ParityCase[] => [
    {
      name: `holding a body back until its end with status ${status}`,
      script: {
        requestBody: [...look(0), op.returnsBeforeEnd(status)],
        responseBody: [...look(1), op.returnsBeforeEnd(status)],
      },
      request: { method: "POST", body: ["one", "two", "three"] },
      response: { body: ["uno", "dos"] },
    },
    {
      name: `holding a body back until its trailers with status ${status}`,
      script: {
        requestBody: [...look(0), op.returnsBeforeEnd(status)],
        requestTrailers: look(0),
        responseBody: [...look(1), op.returnsBeforeEnd(status)],
      },
      request: { method: "POST", body: ["one", "two"], trailers: [["x-t", "1"]] },
      response: { body: ["uno", "dos"], trailers: [["x-t", "1"]] },
    },
  ]),
  {
    name: "changing a body that was held back",
    script: {
      requestBody: [...look(0), op.returnsBeforeEnd(1), op.setBuffer(0, 0, 4, "NEW"), ...look(0)],
      responseBody: [...look(1), op.returnsBeforeEnd(1), op.setBuffer(1, 0, 4, "NEW"), ...look(1)],
    },
    request: { method: "POST", body: ["one", "two", "three"] },
    response: { body: ["uno", "dos"] },
  },
  {
    name: "a body in pieces",
    script: { requestBody: look(0), responseBody: look(1) },
    request: { method: "POST", body: ["one", "two", "three"] },
    response: { body: ["uno", "dos"] },
  },
];
