// SPDX-License-Identifier: EUPL-1.2
// Sound level. Records of channel, type, value; levels are tenths of a decibel, least significant byte first.

var FREQUENCY_WEIGHTINGS = ["Z", "A", "C"];
var TIME_WEIGHTINGS = ["impulse", "fast", "slow"];

function level(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8)) / 10;
}

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  for (var at = 0; at + 2 < bytes.length; ) {
    var record = (bytes[at] << 8) | bytes[at + 1];
    at += 2;
    if (record === 0x0175) {
      data.battery = bytes[at];
      at += 1;
    } else if (record === 0x055b && at + 7 <= bytes.length) {
      data.frequency_weighting = FREQUENCY_WEIGHTINGS[bytes[at] & 3] || "unknown";
      data.time_weighting = TIME_WEIGHTINGS[(bytes[at] >> 2) & 3] || "unknown";
      data.level = level(bytes, at + 1);
      data.level_equivalent = level(bytes, at + 3);
      data.level_maximum = level(bytes, at + 5);
      at += 7;
    } else {
      return { data: data, warnings: ["unknown record 0x" + ("000" + record.toString(16)).slice(-4)] };
    }
  }
  return { data: data };
}
