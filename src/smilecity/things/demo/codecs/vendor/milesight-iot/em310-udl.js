// SPDX-License-Identifier: EUPL-1.2
// Distance by ultrasound, for bins. Distance in millimetres, least significant byte first; 0 when out of range.

function decodeUplink(input) {
  const bytes = input.bytes;
  const data = {};
  for (let at = 0; at + 2 < bytes.length; ) {
    const [channel, type] = bytes.slice(at, at + 2);
    at += 2;
    if (channel === 0x01 && type === 0x75) {
      data.battery = bytes[at];
      at += 1;
    } else if (channel === 0x03 && type === 0x82) {
      data.distance = bytes[at] + 256 * bytes[at + 1];
      at += 2;
    } else if (channel === 0x04 && type === 0x00) {
      data.position = bytes[at] === 0 ? "normal" : "tilt";
      at += 1;
    } else {
      return { data, warnings: [`unknown record ${channel}/${type}`] };
    }
  }
  return { data };
}

function encodeDownlink(input) {
  const seconds = input.data.report_interval;
  if (!Number.isInteger(seconds) || seconds < 60 || seconds > 64800) {
    return { errors: ["report_interval must be 60 to 64800 seconds"] };
  }
  return { fPort: 85, bytes: [0xff, 0x03, seconds & 0xff, seconds >> 8] };
}

function decodeDownlink(input) {
  const [channel, type, low, high] = input.bytes;
  if (channel !== 0xff || type !== 0x03) return { errors: ["unknown command"] };
  return { data: { report_interval: low + 256 * high } };
}
