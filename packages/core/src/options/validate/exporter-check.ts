import type { ExporterName } from "../../model/choices.ts";
import type { SpanExporter } from "../../model/span-processor.ts";
import { anyOf } from "../../model/checks/json-schema.ts";
import { OptionError, valueCode, wrongValue } from "../../model/checks/option-error.ts";
import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";

const spanExporter = checks.having<SpanExporter>("export", "shutdown");
const oneExporter: Check<ExporterName | SpanExporter> = checks.either<ExporterName, SpanExporter>(
  checks.oneOf("otlp", "console", "none"),
  spanExporter,
);
const exporterList = checks.listOf(oneExporter, 10);

/** One exporter, or a list of which each is used while those before it are held back by their breakers. */
export const exporterCheck: Check<ExporterName | SpanExporter | readonly (ExporterName | SpanExporter)[]> = {
  type: '"otlp" | "console" | "none" | SpanExporter | list',
  expectation: `${oneExporter.expectation}, or a list of them`,
  schema: anyOf(
    oneExporter.schema,
    oneExporter.schema && { type: "array", items: oneExporter.schema, minItems: 1, maxItems: 10 },
  ),
  validate(value, name) {
    if (!Array.isArray(value)) {
      try {
        return oneExporter.validate(value, name);
      } catch (error) {
        // Said again, with the list among what is possible.
        throw wrongValue(name, this.expectation, quoteValue(value), valueCode(error));
      }
    }
    const list = exporterList.validate(value, name);
    if (list.length === 0)
      throw new OptionError(name, `Option "${name}" is an empty list: use "none".`, { code: "GSM_OPTION_RANGE" });
    if (list.length > 1 && list.includes("none")) {
      throw new OptionError(name, `Option "${name}" has "none" together with others: it must stand alone.`, {
        code: "GSM_OPTION_CONFLICT",
      });
    }
    if (new Set(list).size < list.length)
      throw new OptionError(name, `Option "${name}" names an exporter twice.`, { code: "GSM_OPTION_CONFLICT" });
    return list;
  },
};
