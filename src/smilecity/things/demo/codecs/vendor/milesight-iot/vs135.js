// SPDX-License-Identifier: EUPL-1.2
// People counter. The message is a row of records: channel, type, value (least significant byte first).

function number(bytes, at, length) {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
  return value;
}

function decodeUplink(input) {
  const bytes = input.bytes;
  const data = {};
  for (let at = 0; at + 2 <= bytes.length; ) {
    const channel = bytes[at];
    const type = bytes[at + 1];
    if (at + 6 > bytes.length) return { errors: ["the message ends within a record"] };
    const line = "line_" + (Math.floor((channel - 3) / 3) + 1);
    const isLine = channel >= 0x03 && channel <= 0x0e;
    if (isLine && type === 0xd2 && channel % 3 === 0) {
      data[line + "_total_in"] = number(bytes, at + 2, 4);
    } else if (isLine && type === 0xd2 && channel % 3 === 1) {
      data[line + "_total_out"] = number(bytes, at + 2, 4);
    } else if (isLine && type === 0xcc && channel % 3 === 2) {
      data[line + "_period_in"] = number(bytes, at + 2, 2);
      data[line + "_period_out"] = number(bytes, at + 4, 2);
    } else if (channel === 0x0f && type === 0xe3) {
      for (let region = 1; region <= 4; region++) data["region_" + region + "_count"] = bytes[at + 1 + region];
    } else {
      return { data: data, warnings: ["unknown record " + channel + "/" + type] };
    }
    at += 6;
  }
  return { data: data };
}
