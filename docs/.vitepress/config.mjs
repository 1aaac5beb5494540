import { headingSlug, linkForSite } from "./links.ts";
import { sidebar } from "./sidebar.ts";

/** @type {import("vitepress").UserConfig<import("vitepress").DefaultTheme.Config>} */
export default {
  title: "Gossamer",
  description: "Telemetry for Node services at a cost you will not notice next to real work.",
  cleanUrls: true,
  // Examples of addresses; all other links are checked.
  ignoreDeadLinks: "localhostLinks",
  markdown: { config: linkForSite, anchor: { slugify: headingSlug } },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Guide", link: "/" },
      { text: "Options", link: "/options" },
      { text: "Architecture", link: "/architecture" },
    ],
    sidebar,
    outline: [2, 3],
    socialLinks: [{ icon: "github", link: "https://github.com/gossamer/gossamer" }],
  },
};
