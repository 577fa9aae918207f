// The frame counter: reads the lengths of WebSocket frames as they pass on the raw socket, because `ws` limits only whole messages.

const LONGEST_HEADER = 14;

/**
 * Feed it every chunk a client sent after the handshake, split anyhow. Answers true, once and for all,
 * as soon as a frame header announces a payload of more than `limit` bytes (RFC 6455, section 5.2).
 */
export function frameCounter(limit: number): (chunk: Uint8Array) => boolean {
  const header = Buffer.alloc(LONGEST_HEADER);
  let have = 0;
  let payloadLeft = 0;
  let tooLong = false;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length && !tooLong) {
      if (payloadLeft > 0) {
        const skipped = Math.min(payloadLeft, chunk.length - at);
        payloadLeft -= skipped;
        at += skipped;
        continue;
      }
      header[have] = chunk[at] ?? 0;
      have += 1;
      at += 1;
      if (have < headerLength(header, have)) continue;
      payloadLeft = payloadLength(header);
      have = 0;
      tooLong = payloadLeft > limit;
    }
    return tooLong;
  };
}

function headerLength(header: Buffer, have: number): number {
  if (have < 2) return 2;
  const second = header.readUInt8(1);
  const extended = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
  const mask = second & 0x80 ? 4 : 0;
  return 2 + extended + mask;
}

function payloadLength(header: Buffer): number {
  const short = header.readUInt8(1) & 0x7f;
  if (short === 126) return header.readUInt16BE(2);
  if (short === 127) return Number(header.readBigUInt64BE(2));
  return short;
}
