import { proxy_get_buffer_bytes } from "../abi/imports";
import { lendAgain, OUT } from "../abi/memory";
import { BufferTypeValues } from "../abi/types";
import { ByteView } from "../core/bytes";
import { Presence, takeLent } from "./presence";

/**
 * Walks a buffer in pieces that take each other's place in the arena, so that a large one costs the module no memory.
 * Callable where the buffer is at hand, in one callback.
 */
@final
export class BufferPieces {
  private next: u32 = 0;
  private left: u32 = 0;
  /** The piece; valid until the next one. */
  readonly piece: ByteView = new ByteView();

  /** @param pieceBytes of each but the last; at most 12 KB, or they do not fit the arena. */
  constructor(
    private readonly type: BufferTypeValues,
    private readonly pieceBytes: u32,
  ) {}

  /** Starts at the front of a buffer of `size` bytes. */
  open(size: u32): void {
    this.next = 0;
    this.left = size;
    this.piece.set(0, 0);
  }

  /** Fetches the next piece; Absent after the last one. Allocates: nothing. */
  read(): Presence {
    const piece = this.piece;
    lendAgain(piece.ptr, piece.length);
    piece.set(0, 0);
    if (this.left == 0) return Presence.Absent;
    const presence = takeLent(
      proxy_get_buffer_bytes(this.type, this.next, min(this.pieceBytes, this.left), OUT, OUT + 4),
      piece,
    );
    // What says to have more bytes than it has would be read for ever.
    if (presence != Presence.Found) return Presence.Failed;
    this.next += piece.length;
    this.left -= min<u32>(piece.length, this.left);
    return Presence.Found;
  }
}
