import type { PackageContents } from "../../../tools/package/contents.js";
import { annotationsOf } from "../../../tools/package/annotations.js";

/** When it was made: 2026-11-22, by SOURCE_DATE_EPOCH. */
export const EPOCH = 1_795_305_600;
export const CREATED = "2026-11-22T00:00:00Z";

/** Contents that never change: no compiler and no document of ours has a say in their digests. */
export const SOME: PackageContents = {
  name: "some",
  rootId: "some_root",
  version: "1.2.0",
  module: Uint8Array.from({ length: 5000 }, (_, i) => (i < 8 ? [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0][i]! : (i * i) >> 5)),
  abi: "0.2.1",
  documents: {
    spec: "apiVersion: 1.0.0\n",
    readme: "# Some\n",
    readmeEn: "# Some\n",
    readmeZh: "# 某\n",
    icon: Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
  },
  annotations: annotationsOf(
    { title: "Some", description: "Does something.", version: "1.2.0" },
    { revision: "3f2a9c01b7de", licenses: "Apache-2.0", source: "https://example.com/some", created: CREATED },
  ),
  created: CREATED,
};
