// SPDX-License-Identifier: EUPL-1.2
// Weather station.
// Words of two bytes, most significant first: version (a single byte), device, flags of the groups that follow.

const signed = (scale) => (word) => (word - 32768) / scale;

const MEASUREMENTS = [
  ["solar_radiation", signed(1)],
  ["precipitation", signed(1000)],
  ["lightning_strike_count", signed(1)],
  ["lightning_average_distance", signed(1)],
  ["wind_speed", signed(100)],
  ["wind_direction", signed(10)],
  ["maximum_wind_speed", signed(100)],
  ["air_temperature", signed(10)],
  ["vapor_pressure", signed(100)],
  ["atmospheric_pressure", signed(100)],
  ["relative_humidity", signed(10)],
  ["sensor_temperature_internal", signed(10)],
  ["x_orientation_angle", signed(10)],
  ["y_orientation_angle", signed(10)],
  ["compass_heading", signed(1)],
  ["north_wind_speed", signed(100)],
  ["east_wind_speed", signed(100)],
];

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

function normalizeUplink(input) {
  const { air_temperature, relative_humidity, wind_speed, wind_direction } = input.data;
  if (air_temperature === undefined) return { data: [], warnings: ["no measurements"] };
  return {
    data: [
      {
        air: { temperature: air_temperature, relativeHumidity: relative_humidity },
        wind: { speed: wind_speed, direction: wind_direction },
      },
    ],
  };
}
