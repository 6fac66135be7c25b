// SPDX-License-Identifier: EUPL-1.2
// Soil moisture (relative to the sensor's range) and temperature at eight depths.
// Words of two bytes, most significant first: version (a single byte), device, flags of the groups that follow.

const MEASUREMENTS = [];
for (let depth = 0; depth < 8; depth++) {
  MEASUREMENTS.push([`soil_moisture_at_depth_${depth}`, (word) => (word - 2500) / 500]);
  MEASUREMENTS.push([`soil_temperature_at_depth_${depth}`, (word) => (word - 32768) / 100]);
}

class Reader {
  constructor(bytes) {
    this.view = new DataView(Uint8Array.from(bytes).buffer);
    this.at = 0;
  }

  byte() {
    return this.view.getUint8(this.at++);
  }

  word() {
    const value = this.view.getUint16(this.at);
    this.at += 2;
    return value;
  }
}

function decodeUplink(input) {
  const reader = new Reader(input.bytes);
  const version = reader.byte();
  if (version !== 2) return { errors: ["version " + version + " is not known"] };
  const data = { device_id: reader.word() };
  const flags = reader.word();
  if (flags & 1) {
    for (const [name, convert] of MEASUREMENTS) data[name] = convert(reader.word());
  }
  if (flags & 2) data.battery_voltage = reader.word() / 1000;
  return { data };
}
