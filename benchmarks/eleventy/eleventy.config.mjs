// The rival in JavaScript: web pages and RSS only, as Hugo makes them.
import { rssPlugin } from "@11ty/eleventy-plugin-rss";
import markdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import deflist from "markdown-it-deflist";
import footnote from "markdown-it-footnote";

const PARTS = "content/s*/[0-9]*.md";

export default function (config) {
  config.setLibrary("md", markdownIt({ html: true, typographer: true }).use(footnote).use(anchor).use(deflist));
  config.addPlugin(rssPlugin);
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addCollection("latest", (api) =>
    api.getFilteredByGlob(PARTS).sort((one, other) => other.date - one.date).slice(0, 20));
  config.addCollection("seriesList", (api) => {
    const found = new Map();
    for (const part of api.getFilteredByGlob(PARTS).sort((one, other) => one.date - other.date)) {
      const { series: slug, seriesTitle: title, seriesSummary: summary } = part.data;
      if (!found.has(slug)) found.set(slug, { slug, title, summary, parts: [] });
      found.get(slug).parts.push(part);
    }
    for (const { parts } of found.values())
      parts.forEach((part, k) => { part.data.prev = parts[k - 1]; part.data.next = parts[k + 1]; });
    return [...found.values()].sort((one, other) => (one.slug < other.slug ? -1 : 1));
  });
  return { dir: { input: "content", includes: "../_includes", output: "_site" }, markdownTemplateEngine: false };
}
