// SPDX-License-Identifier: EUPL-1.2
// Documents against a public validator: `node check.mjs KIND < document` prints a JSON list of findings. Of
// opportunities and of pages it takes many at once, as JSON: {name: document}.
// A feed is walked, not read: each line {"get": address} is answered by a line {"status", "headers", "body"}.
import { createRequire } from "node:module";
import readline from "node:readline";

const require = createRequire(import.meta.url);

async function whole() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

const said = (finding) => ({
  severity: finding.severity,
  type: finding.type,
  path: finding.path ?? "",
  message: String(finding.message).split("\n")[0],
});

const kinds = {
  async opportunity() {
    const { validate } = require("@openactive/data-model-validator");
    const options = { loadRemoteJson: false, validationMode: "RPDEFeed" };
    const found = [];
    for (const [name, one] of Object.entries(JSON.parse(await whole())))
      for (const finding of await validate(one, options)) found.push({ ...said(finding), document: name });
    return found;
  },
  async dataset() {
    const { validate } = require("@openactive/data-model-validator");
    const options = { loadRemoteJson: false, validationMode: "DatasetSite" };
    return (await validate(JSON.parse(await whole()), options)).map(said);
  },
  async feed() {
    const addresses = require("@openactive/rpde-validator/src/helpers/url-helper");
    const { RpdeValidator } = require("@openactive/rpde-validator");
    const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    addresses.fetch = async (url) => {
      process.stdout.write(`${JSON.stringify({ get: url })}\n`);
      const answer = JSON.parse((await lines.next()).value);
      const headers = new Map(Object.entries(answer.headers));
      return { status: answer.status, headers, text: async () => answer.body };
    };
    const log = await RpdeValidator(process.argv[3]);
    const found = log.pages.flatMap((page) => page.errors).map(said);
    process.stdin.destroy();
    return found;
  },
  async geojson() {
    const { check, HintError } = await import("@placemarkio/check-geojson");
    try {
      check(await whole());
      return [];
    } catch (error) {
      if (!(error instanceof HintError)) throw error;
      return error.issues.map((one) => said({ ...one, type: "geojson" }));
    }
  },
  async a11y() {
    const { getPlaceInfoSchemaDefinition } = await import("@sozialhelden/a11yjson");
    const loaded = require("@sozialhelden/simpl-schema");
    const Schema = loaded.default ?? loaded;
    const schema = new Schema(getPlaceInfoSchemaDefinition(), { humanizeAutoLabels: false });
    return JSON.parse(await whole()).features.flatMap(({ type: _type, ...place }) => {
      const context = schema.newContext();
      context.validate(place);
      return context.validationErrors().map((one) => said({ type: one.type, path: one.name, message: one.value }));
    });
  },
  async html() {
    const { HtmlValidate, StaticConfigLoader } = await import("html-validate");
    const rules = (await import("./html.mjs")).default;
    const checker = new HtmlValidate(new StaticConfigLoader(rules));
    const found = [];
    for (const [name, page] of Object.entries(JSON.parse(await whole())))
      for (const { messages } of (await checker.validateString(page)).results)
        for (const { severity, ruleId, line, column, message } of messages)
          found.push({
            ...said({ severity: severity === 2 ? "failure" : "warning", type: ruleId, path: `${line}:${column}`, message }),
            document: name,
          });
    return found;
  },
};

const found = await kinds[process.argv[2]]();
process.stdout.write(`${JSON.stringify(found)}\n`);
