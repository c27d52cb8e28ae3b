import { decodeBase64 } from "../../../assembly/core/base64";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { IdDecoder } from "../../../assembly/core/id-codec";
import { idEntryProblem } from "../../../assembly/core/id-text";
import { IdEntry, IdSet } from "../../../assembly/core/id-set";
import { JsonKind, JsonValue, NO_DECIMAL } from "../../../assembly/core/json";
import { isPlainName, MAX_NAME } from "../../../assembly/core/plain-name";
import { readFetch } from "./fetch-config";
import { FetchedList } from "./fetched-list";
import { FixedList, IdList, NamedLists } from "./named-lists";

// Ranges are those of schema.json; a test compares the two.

const MAX_LISTS: i32 = 64;
/** Of a list that is written out: the tool encodes longer ones. */
const MAX_WRITTEN: i32 = 100_000;

/**
 * Reads the object `lists`: of each list its ids, or where they come from. Messages tell the place of a wrong id, never
 * the id. Only at configure: allocates.
 * @param key0 @param key1 secret key of the hash of ids; no decision depends on it.
 */
export function readLists(node: ConfigNode, key0: u64, key1: u64): NamedLists {
  const lists = new NamedLists();
  if (node.size(JsonKind.Object, 0, MAX_LISTS) == 0) return lists;
  const document = node.value.document;
  for (let i = node.value.firstChild; i < node.value.end; i = document.after(i + 1)) {
    const name = new JsonValue(document, i).text;
    if (!isPlainName(name, "_-", false)) {
      node.refuseAt(name, `expected a name of a letter or digit, then up to ${MAX_NAME - 1} of a-z, 0-9, _ and -`);
    }
    const list = node.object(name);
    lists.add(name, list != null ? readList(list, name, key0, key1) : emptyList());
  }
  return lists;
}

function readList(node: ConfigNode, name: string, key0: u64, key1: u64): IdList {
  const kinds = ["ids", "file", "encoded", "fetch"];
  node.refuseUnknown(kinds);
  const kind = node.exactlyOne(kinds);
  if (kind == "ids") return new FixedList(readIds(node.member("ids")!, key0, key1));
  if (kind == "encoded") return readEncoded(node.member("encoded")!);
  if (kind == "file") {
    node.refuseAt("file", "expected ids; tidegate generate puts those of the file here");
  } else if (kind == "fetch") {
    const fetch = node.object("fetch");
    if (fetch != null) return new FetchedList(name, readFetch(fetch), key0, key1);
  }
  return emptyList();
}

/** In the place of a list that is wrong, so that what asks it is not wrong too. */
function emptyList(): IdList {
  return new FixedList(new IdSet(0, 0, 0));
}

function readIds(node: ConfigNode, key0: u64, key1: u64): IdSet {
  const count = node.size(JsonKind.Array, 1, MAX_WRITTEN);
  const ids = new IdSet(count, key0, key1);
  const document = node.value.document;
  for (let i = 0, at = node.value.firstChild; i < count; i++, at = document.after(at)) {
    const problem = addId(ids, new JsonValue(document, at));
    if (problem.length > 0 && !node.problems.leaveOut()) node.problems.add(`${node.path}[${i}]`, problem);
  }
  return ids;
}

/** "" or what is wrong with the id. */
function addId(ids: IdSet, id: JsonValue): string {
  if (id.kind == JsonKind.String) return idEntryProblem(ids.addText(id.start, id.byteLength));
  const number = id.kind == JsonKind.Number ? id.decimal(0) : NO_DECIMAL;
  if (number != NO_DECIMAL && number >= 0 && ids.addNumber(number) <= IdEntry.Repeated) return "";
  return "expected a text in quotes, or a whole number";
}

function readEncoded(node: ConfigNode): IdList {
  if (!node.is(JsonKind.String)) return emptyList();
  const value = node.value;
  // Over the text itself, which is longer: nothing reads it again.
  const length = decodeBase64(value.start, value.byteLength, value.start);
  const decoder = new IdDecoder();
  const ids = length >= 0 ? decoder.decode(value.start, length) : null;
  if (ids != null) return new FixedList(ids);
  node.refuse(length >= 0 ? decoder.problem : "expected base64");
  return emptyList();
}
