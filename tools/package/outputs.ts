import { gzipOf } from "../oci/gzip.js";
import type { Image } from "../oci/image.js";
import { dockerFiles, layoutFiles } from "../oci/layout.js";
import { type TarFile, tarOf } from "../oci/tar.js";
import type { PackageContents } from "./contents.js";
import { documentFiles, MODULE_NAME } from "./files.js";
import type { Form } from "./forms.js";
import { artifactImage, dockerImage, ociImage } from "./images.js";
import { sbomReferrer } from "./referrer.js";
import { tagOf } from "./tag.js";

/** What is written: a folder of files, or one file. */
export interface Output {
  form: Form | "sbom" | "referrer";
  /** Of the file or folder. */
  name: string;
  content: readonly TarFile[] | Uint8Array;
  /** What it holds, where that is an image. */
  image?: Image;
}

/**
 * A package in several forms, and its bill of materials beside them.
 * @param referrers whether each image of OCI's own form gets a manifest that brings it its bill of materials.
 */
export async function outputsOf(
  contents: PackageContents,
  sbom: string,
  forms: readonly Form[],
  referrers: boolean,
): Promise<Output[]> {
  const base = `${contents.name}-${contents.version}`;
  const outputs: Output[] = [];
  for (const form of forms) outputs.push(await MAKERS[form](contents, base));
  const images = outputs.filter(({ image, form }) => image && form !== "docker");
  return [
    ...outputs,
    { form: "sbom", name: `${base}.cdx.json`, content: new TextEncoder().encode(sbom) },
    ...(referrers ? images.map((output) => referrer(output, contents, sbom)) : []),
  ];
}

const MAKERS: Record<Form, (contents: PackageContents, base: string) => Promise<Output>> = {
  oci: async (contents, base) => layout("oci", `${base}.oci`, await ociImage(contents), contents),
  artifact: async (contents, base) => layout("artifact", `${base}.artifact.oci`, artifactImage(contents), contents),
  docker: async (contents, base) => {
    const image = await dockerImage(contents);
    const content = await tarOf(dockerFiles(image, `${contents.name}:${tagOf(contents.version)}`));
    return { form: "docker", name: `${base}.docker.tar`, content, image };
  },
  tar: async (contents, base) => ({ form: "tar", name: `${base}.tar.gz`, content: await plainArchive(contents) }),
};

function layout(form: "oci" | "artifact", name: string, image: Image, { version }: PackageContents): Output {
  return { form, name, content: layoutFiles(image, tagOf(version)), image };
}

function referrer({ name, image }: Output, { created }: PackageContents, sbom: string): Output {
  const manifest = sbomReferrer(sbom, image!, created);
  const content = layoutFiles(manifest);
  return { form: "referrer", name: name.replace(/oci$/, "sbom.oci"), content, image: manifest };
}

/** All files as one archive, the module first: Istio's agent takes an archive's first file over http. */
async function plainArchive(contents: PackageContents): Promise<Uint8Array> {
  const module = { name: MODULE_NAME, bytes: contents.module };
  return gzipOf(await tarOf([module, ...documentFiles(contents)]));
}
